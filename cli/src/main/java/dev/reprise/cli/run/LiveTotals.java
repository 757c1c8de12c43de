package dev.reprise.cli.run;

import dev.reprise.api.v1.BatchCount;
import dev.reprise.api.v1.Live;
import dev.reprise.contract.Topics;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Reads the totals that the page shows from the services' meters (docs/METRICS.md). */
final class LiveTotals {
  private static final Tags SERVING = Tags.of("role", "serving");

  private LiveTotals() {}

  static Live of(Topics topics, MeterRegistry extractor, MeterRegistry inference) {
    Live.Builder live =
        Live.newBuilder()
            .setUptimeSeconds(ManagementFactory.getRuntimeMXBean().getUptime() / 1e3)
            .setEventsCompleted(counter(extractor, "reprise.events", "outcome", "completed"))
            .setEventsFailed(counter(extractor, "reprise.events", "outcome", "failed"))
            .setDecodedAudioSeconds(counter(extractor, "reprise.decoded.audio.seconds"))
            .setAudioFilesLag(lag(extractor, topics.audioFiles()))
            .setMfccLag(lag(inference, topics.mfcc()));
    addBatches(live, inference);
    timer(inference, "reprise.inference.queue")
        .ifPresent(
            queue ->
                live.setQueueSeconds(queue.totalTime(TimeUnit.SECONDS))
                    .setQueueSecondsMax(queue.max(TimeUnit.SECONDS)));
    timer(inference, "reprise.inference.compute")
        .ifPresent(
            compute ->
                live.setComputeSeconds(compute.totalTime(TimeUnit.SECONDS))
                    .setComputeSecondsMax(compute.max(TimeUnit.SECONDS)));
    timer(inference, "reprise.pipeline.latency")
        .ifPresent(
            latency ->
                live.setTracks(latency.count())
                    .setLatencySeconds(latency.totalTime(TimeUnit.SECONDS))
                    .setLatencySecondsMax(latency.max(TimeUnit.SECONDS)));
    return live.build();
  }

  private static void addBatches(Live.Builder live, MeterRegistry inference) {
    DistributionSummary sizes =
        inference.find("reprise.inference.batch.size").tags(SERVING).summary();
    if (sizes == null) {
      return;
    }
    live.setBatches(sizes.count()).setClips(sizes.totalAmount());
    double smaller = 0;
    // Buckets are cumulative.
    for (CountAtBucket bucket : sizes.takeSnapshot().histogramCounts()) {
      if (Double.isFinite(bucket.bucket())) {
        live.addBatchSizes(
            BatchCount.newBuilder()
                .setAtMost(bucket.bucket())
                .setBatches(bucket.count() - smaller));
        smaller = bucket.count();
      }
    }
  }

  private static double counter(MeterRegistry registry, String name, String... tags) {
    return registry.find(name).tags(tags).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static Optional<Timer> timer(MeterRegistry registry, String name) {
    return Optional.ofNullable(registry.find(name).tags(SERVING).timer());
  }

  /** Returns the lag in records; Kafka reports it per partition, twice if the topic has dots. */
  private static double lag(MeterRegistry registry, String topic) {
    String dotless = topic.replace('.', '_');
    Map<String, Double> byPartition = new HashMap<>();
    for (Gauge gauge : registry.find("kafka.consumer.fetch.manager.records.lag").gauges()) {
      String tag = gauge.getId().getTag("topic");
      if (tag != null && tag.replace('.', '_').equals(dotless) && gauge.value() > 0) {
        byPartition.merge(
            String.valueOf(gauge.getId().getTag("partition")), gauge.value(), Math::max);
      }
    }
    return byPartition.values().stream().mapToDouble(Double::doubleValue).sum();
  }
}
