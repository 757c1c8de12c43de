package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;

/**
 * A sink whose result is converted.
 *
 * @param <S> result of the other sink
 * @param <T> what it is converted to
 */
final class MappedSink<S, T> implements BodySink<T> {
  /** Converts a result. */
  interface Conversion<S, T> {
    T apply(S result) throws ProblemException;
  }

  private final BodySink<S> sink;
  private final Conversion<S, T> conversion;

  MappedSink(BodySink<S> sink, Conversion<S, T> conversion) {
    this.sink = sink;
    this.conversion = conversion;
  }

  @Override
  public void accept(byte[] bytes, int offset, int count) throws ProblemException {
    sink.accept(bytes, offset, count);
  }

  @Override
  public T finish() throws ProblemException {
    return conversion.apply(sink.finish());
  }

  @Override
  public void close() {
    sink.close();
  }
}
