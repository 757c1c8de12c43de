package dev.reprise.runtime;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The record's own timestamp, or 1970 where it has none. Kafka Streams' default stops the stream
 * for ever at a record whose producer set a negative one. Stateless.
 */
public final class NonNegativeTimestamp implements TimestampExtractor {
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return Math.max(0, record.timestamp());
  }
}
