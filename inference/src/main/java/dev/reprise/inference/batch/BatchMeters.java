package dev.reprise.inference.batch;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The batcher's meters; docs/METRICS.md describes them. Thread-safe. */
public final class BatchMeters {
  private final DistributionSummary size;
  private final Timer queue;
  private final Timer compute;

  public BatchMeters(MeterRegistry registry) {
    this.size =
        DistributionSummary.builder("reprise.inference.batch.size")
            .description("Clips scored together")
            .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
            .register(registry);
    this.queue = timer(registry, "reprise.inference.queue", "Time a clip waits for its batch");
    this.compute = timer(registry, "reprise.inference.compute", "Time the model takes for a batch");
  }

  private static Timer timer(MeterRegistry registry, String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram()
        .minimumExpectedValue(Duration.ofNanos(100_000))
        .maximumExpectedValue(Duration.ofSeconds(10))
        .register(registry);
  }

  void batch(int clips, long computeNanos) {
    size.record(clips);
    compute.record(Duration.ofNanos(computeNanos));
  }

  void queued(long nanos) {
    queue.record(Duration.ofNanos(nanos));
  }
}
