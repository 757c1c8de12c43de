package dev.reprise.runtime;

import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The record's own timestamp, brought between 1970 and 9997. Kafka Streams' default stops the
 * stream for ever at a record whose producer set a negative one; later than that is no time in
 * Protobuf's JSON or no window of the evaluation. Stateless.
 */
public final class BoundedTimestamp implements TimestampExtractor {
  private static final long LATEST_MS = Instant.parse("9997-12-31T23:59:59Z").toEpochMilli();

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return Math.min(LATEST_MS, Math.max(0, record.timestamp()));
  }
}
