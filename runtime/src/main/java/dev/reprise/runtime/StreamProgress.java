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

  /** Restarts every thread's clock, to exclude time for which the threads are not responsible. */
  void reset() {
    lastNanos.replaceAll((thread, nanos) -> System.nanoTime());
  }

  /** Returns the longest time that a thread has had records without a commit; zero if none has. */
  Duration longestWait() {
    long now = System.nanoTime();
    return Duration.ofNanos(
        lastNanos.values().stream().mapToLong(nanos -> now - nanos).max().orElse(0));
  }
}
