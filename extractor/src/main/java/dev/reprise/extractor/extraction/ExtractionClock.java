package dev.reprise.extractor.extraction;

import java.time.Duration;

/**
 * Attributes the time since the last lap to decoding, to computing or to neither. Not thread-safe.
 */
final class ExtractionClock {
  private long lastNanos = System.nanoTime();
  private long decodeNanos;
  private long computeNanos;

  void lapDecode() {
    decodeNanos += lap();
  }

  void lapCompute() {
    computeNanos += lap();
  }

  /** Discards the time since the last lap. */
  void discardLap() {
    lap();
  }

  private long lap() {
    long now = System.nanoTime();
    long elapsed = now - lastNanos;
    lastNanos = now;
    return elapsed;
  }

  Duration decodeTime() {
    return Duration.ofNanos(decodeNanos);
  }

  Duration computeTime() {
    return Duration.ofNanos(computeNanos);
  }
}
