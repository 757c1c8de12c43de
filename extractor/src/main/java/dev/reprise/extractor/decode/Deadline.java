package dev.reprise.extractor.decode;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.time.Duration;

/** The moment by which a file must be done. Immutable and thread-safe. */
final class Deadline {
  private final Duration limit;
  private final long endNanos;

  private Deadline(Duration limit, long endNanos) {
    this.limit = limit;
    this.endNanos = endNanos;
  }

  static Deadline in(Duration limit) {
    return new Deadline(limit, System.nanoTime() + limit.toNanos());
  }

  boolean hasPassed() {
    return System.nanoTime() - endNanos > 0;
  }

  /**
   * @throws RejectedException with {@link Reason#DECODE_TIMEOUT} once the moment has passed
   */
  void check() throws RejectedException {
    if (hasPassed()) {
      throw new RejectedException(
          Reason.DECODE_TIMEOUT, "Decoding took longer than " + limit.toMillis() / 1000.0 + " s.");
    }
  }
}
