package dev.reprise.extractor.crash;

import java.util.Optional;

/**
 * Names the current thread after the event it decodes, for as long as it does. Whatever is not
 * decoding, above all sending to Kafka, must run under the thread's own name: {@link #outside}. Not
 * thread-safe; one per thread and event.
 */
public final class DecodingThread implements AutoCloseable {
  private static final String PREFIX = "decode ";

  private final String ownName = Thread.currentThread().getName();
  private final String decodingName;

  private DecodingThread(String extractionId) {
    this.decodingName = PREFIX + extractionId;
  }

  /** Renames the current thread until the result is closed. */
  public static DecodingThread enter(String extractionId) {
    DecodingThread thread = new DecodingThread(extractionId);
    Thread.currentThread().setName(thread.decodingName);
    return thread;
  }

  /** Runs {@code action} under the thread's own name. */
  public void outside(Runnable action) {
    Thread.currentThread().setName(ownName);
    try {
      action.run();
    } finally {
      Thread.currentThread().setName(decodingName);
    }
  }

  static Optional<String> extractionOf(String threadName) {
    return threadName.startsWith(PREFIX)
        ? Optional.of(threadName.substring(PREFIX.length()))
        : Optional.empty();
  }

  @Override
  public void close() {
    Thread.currentThread().setName(ownName);
  }
}
