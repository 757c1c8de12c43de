package dev.reprise.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tracks when each stream thread last committed or was idle. Thread-safe; {@link #mark} and {@link
 * #forget} refer to the calling thread.
 */
final class StreamProgress {
  private final Map<Thread, Long> lastNanos = new ConcurrentHashMap<>();

  void mark() {
    lastNanos.put(Thread.currentThread(), System.nanoTime());
  }

  void forget() {
    lastNanos.remove(Thread.currentThread());
  }

  /** Restarts every thread's clock, to exclude delays that the threads did not cause. */
  void reset() {
    lastNanos.replaceAll((thread, nanos) -> System.nanoTime());
  }

  /** Returns the longest time for which a thread has had records without committing, or zero. */
  Duration longestWait() {
    long now = System.nanoTime();
    return Duration.ofNanos(
        lastNanos.values().stream().mapToLong(nanos -> now - nanos).max().orElse(0));
  }
}
