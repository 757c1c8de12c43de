package dev.reprise.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each stream thread last committed, or had nothing to do. Thread-safe; {@link #mark} and
 * {@link #forget} are about the calling thread.
 */
final class StreamProgress {
  private final Map<Thread, Long> lastNanos = new ConcurrentHashMap<>();

  void mark() {
    lastNanos.put(Thread.currentThread(), System.nanoTime());
  }

  void forget() {
    lastNanos.remove(Thread.currentThread());
  }

  /** Counts from now on, where the time until now was nothing that a thread is to blame for. */
  void restart() {
    lastNanos.replaceAll((thread, nanos) -> System.nanoTime());
  }

  /** Returns how long the slowest thread has had records without a commit; zero if none has. */
  Duration longestWait() {
    long now = System.nanoTime();
    return Duration.ofNanos(
        lastNanos.values().stream().mapToLong(nanos -> now - nanos).max().orElse(0));
  }
}
