package dev.reprise.runtime;

import java.time.Duration;

/** A time limit that starts at creation. Immutable and thread-safe. */
public final class Deadline {
  private final Duration limit;
  private final long endNanos;

  private Deadline(Duration limit) {
    this.limit = limit;
    this.endNanos = System.nanoTime() + limit.toNanos();
  }

  public static Deadline after(Duration limit) {
    return new Deadline(limit);
  }

  public Duration limit() {
    return limit;
  }

  public boolean hasPassed() {
    return System.nanoTime() - endNanos > 0;
  }

  /** Returns the time left, at least 0. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
  }
}
