package dev.reprise.evaluation.pairing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of the truth topic; docs/METRICS.md describes them. Thread-safe. */
public final class TruthMeters {
  private final Counter accepted;
  private final Counter unchanged;
  private final Counter withdrawn;
  private final Counter outdated;
  private final Counter rejected;
  private final Counter unknownFields;

  public TruthMeters(MeterRegistry registry) {
    this.accepted = counter(registry, "accepted");
    this.unchanged = counter(registry, "unchanged");
    this.withdrawn = counter(registry, "withdrawn");
    this.outdated = counter(registry, "outdated");
    this.rejected = counter(registry, "rejected");
    this.unknownFields =
        Counter.builder("reprise.truth.unknown.fields")
            .description("Fields of truth that Reprise does not know")
            .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String outcome) {
    return Counter.builder("reprise.truth.records")
        .description("Records of the truth topic")
        .tag("outcome", outcome)
        .register(registry);
  }

  void countAccepted() {
    accepted.increment();
  }

  void countUnchanged() {
    unchanged.increment();
  }

  void countWithdrawn() {
    withdrawn.increment();
  }

  void countOutdated() {
    outdated.increment();
  }

  void countRejected() {
    rejected.increment();
  }

  void countUnknownFields(int fields) {
    unknownFields.increment(fields);
  }
}
