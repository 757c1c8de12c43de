package dev.reprise.runtime;

import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Extracts the record's own timestamp, clamped to 1970 to 9997. Kafka Streams' default extractor
 * fails permanently at a record with a negative timestamp; later timestamps cannot be represented
 * in Protobuf's JSON or in the evaluation's windows. Stateless.
 */
public final class BoundedTimestamp implements TimestampExtractor {
  private static final long LATEST_MS = Instant.parse("9997-12-31T23:59:59Z").toEpochMilli();

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return Math.min(LATEST_MS, Math.max(0, record.timestamp()));
  }
}
