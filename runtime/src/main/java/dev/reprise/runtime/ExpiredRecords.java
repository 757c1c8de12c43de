package dev.reprise.runtime;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs records that a topic's retention deleted before they were read. Thread-safe. */
final class ExpiredRecords {
  private static final Logger log = LoggerFactory.getLogger(ExpiredRecords.class);

  private final MeterRegistry registry;

  /**
   * Registers the counters at zero, so that the first expiry is visible as an increase.
   *
   * @param topics the input topics
   */
  ExpiredRecords(MeterRegistry registry, Collection<String> topics) {
    this.registry = registry;
    topics.forEach(this::counter);
  }

  private Counter counter(String topic) {
    return Counter.builder("reprise.records.expired")
        .description("Records that a topic's retention deleted before they were read")
        .tag("topic", topic)
        .register(registry);
  }

  /**
   * Counts and logs the records of a partition that expired.
   *
   * @param position the next offset to read
   * @param begin the first remaining offset
   */
  void count(TopicPartition partition, long position, long begin) {
    counter(partition.topic()).increment(begin - position);
    log.error(
        "{} records of {} (offsets {} to {}) were deleted before they were read; raise the topic's"
            + " retention, or add capacity.",
        begin - position,
        partition,
        position,
        begin - 1);
  }
}
