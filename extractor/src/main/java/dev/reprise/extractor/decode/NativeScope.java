package dev.reprise.extractor.decode;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The owner of several objects that hold native memory: closes them in reverse order, once. Not a
 * {@code Closer}, whose logger would start Logback in every decoder process.
 *
 * <p>Not thread-safe.
 */
final class NativeScope implements AutoCloseable {

  /** A resource whose closing cannot fail. */
  interface Native extends AutoCloseable {
    @Override
    void close();
  }

  private final Deque<Native> owned = new ArrayDeque<>();

  <T extends Native> T own(T part) {
    owned.push(part);
    return part;
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }
}
