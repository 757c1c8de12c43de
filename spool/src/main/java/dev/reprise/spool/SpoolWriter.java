package dev.reprise.spool;

import java.io.Closeable;
import java.io.IOException;

/** Writes one upload. Readers see it when it is complete, or not at all. Not thread-safe. */
public interface SpoolWriter extends Closeable {
  /**
   * @throws SpoolFullException if there is no room left
   */
  void write(byte[] bytes, int offset, int count) throws IOException;

  /**
   * Makes the upload durable and visible.
   *
   * @throws SpoolFullException if there is no room left
   */
  void complete() throws IOException;

  /** Discards the upload, unless it is complete; idempotent. Failures are logged. */
  @Override
  void close();
}
