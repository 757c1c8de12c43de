package dev.reprise.inference.serving;

import dev.reprise.contract.Role;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The meters of one role's batches; docs/METRICS.md describes them. Thread-safe. */
public final class BatchMeters {
  private final DistributionSummary size;
  private final Timer queue;
  private final Timer compute;

  public BatchMeters(MeterRegistry registry, Role role) {
    this.size =
        DistributionSummary.builder("reprise.inference.batch.size")
            .description("Clips scored together")
            .tag("role", role.label())
            .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
            .register(registry);
    this.queue =
        timer(registry, role, "reprise.inference.queue", "Time a clip waits for its batch");
    this.compute =
        timer(registry, role, "reprise.inference.compute", "Time the model takes for a batch");
  }

  private static Timer timer(MeterRegistry registry, Role role, String name, String description) {
    return Timer.builder(name)
        .description(description)
        .tag("role", role.label())
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofNanos(100_000))
        .maximumExpectedValue(Duration.ofSeconds(10))
        .register(registry);
  }

  void recordBatch(int clips, long computeNanos) {
    size.record(clips);
    compute.record(Duration.ofNanos(computeNanos));
  }

  void recordQueueTime(int clips, long nanos) {
    for (int i = 0; i < clips; i++) {
      queue.record(Duration.ofNanos(nanos));
    }
  }
}
