package dev.reprise.runtime;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Notified of what stream threads do, on those threads. */
public interface StreamListener {
  /** Does nothing. */
  StreamListener NONE = new StreamListener() {};

  /**
   * Called after a stream thread has polled records, and before it processes any of them. They may
   * be polled again instead of being processed, by this or another thread.
   *
   * @param assigned the partitions of the thread
   */
  default void polled(ConsumerRecords<byte[], byte[]> records, Set<TopicPartition> assigned) {}

  /**
   * Called after the broker has committed a transaction of a stream thread, which this must not
   * block: the events before these offsets are processed for good, and are never delivered again.
   *
   * @param offsets of the next event of each partition
   */
  default void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {}
}
