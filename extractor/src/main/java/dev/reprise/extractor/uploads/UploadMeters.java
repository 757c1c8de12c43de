package dev.reprise.extractor.uploads;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** The meters of the spool; docs/METRICS.md describes them. Thread-safe. */
public final class UploadMeters {
  private final Counter extracted;
  private final Counter expired;
  private final Counter abandoned;
  private final Counter failedDeletions;
  private final Counter failedSweeps;
  private final AtomicLong bytes = new AtomicLong();

  public UploadMeters(MeterRegistry registry) {
    this.extracted = deletions(registry, "extracted");
    this.expired = deletions(registry, "expired");
    this.abandoned = deletions(registry, "abandoned");
    this.failedDeletions = failures(registry, "delete");
    this.failedSweeps = failures(registry, "sweep");
    Gauge.builder("reprise.spool.bytes", bytes, AtomicLong::get)
        .description("Bytes of uploads in the spool")
        .baseUnit("bytes")
        .register(registry);
  }

  private static Counter deletions(MeterRegistry registry, String cause) {
    return Counter.builder("reprise.spool.deletions")
        .description("Uploads deleted from the spool")
        .tag("cause", cause)
        .register(registry);
  }

  private static Counter failures(MeterRegistry registry, String operation) {
    return Counter.builder("reprise.spool.failures")
        .description("Failed operations on the spool")
        .tag("operation", operation)
        .register(registry);
  }

  void countExtracted() {
    extracted.increment();
  }

  /**
   * @param isComplete whether the upload expired, rather than was abandoned by the API
   */
  void countSwept(boolean isComplete) {
    (isComplete ? expired : abandoned).increment();
  }

  void countFailedDeletion() {
    failedDeletions.increment();
  }

  void countFailedSweep() {
    failedSweeps.increment();
  }

  void recordBytes(long stored) {
    bytes.set(stored);
  }
}
