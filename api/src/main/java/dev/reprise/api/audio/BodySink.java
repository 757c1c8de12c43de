package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import java.io.Closeable;

/**
 * Consumer of a request body as it arrives. Not thread-safe.
 *
 * @param <T> what it makes of the body
 */
interface BodySink<T> extends Closeable {
  /**
   * Takes the next bytes, which the caller overwrites afterwards.
   *
   * @throws ProblemException to refuse the body
   */
  void accept(byte[] bytes, int offset, int count) throws ProblemException;

  /** Returns the result of the whole body. */
  T finish() throws ProblemException;

  /** Releases what a body takes that is not finished; idempotent. */
  @Override
  void close();
}
