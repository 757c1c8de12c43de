package dev.reprise.extractor.extraction;

import java.time.Duration;

/** Charges the time since the last call to what was done meanwhile. Not thread-safe. */
final class ExtractionClock {
  private long lastNanos = System.nanoTime();
  private long decodingNanos;
  private long computingNanos;

  void decoded() {
    decodingNanos += lap();
  }

  void computed() {
    computingNanos += lap();
  }

  /** The time was somebody else's. */
  void skipped() {
    lap();
  }

  private long lap() {
    long now = System.nanoTime();
    long elapsed = now - lastNanos;
    lastNanos = now;
    return elapsed;
  }

  Duration decoding() {
    return Duration.ofNanos(decodingNanos);
  }

  Duration computing() {
    return Duration.ofNanos(computingNanos);
  }
}
