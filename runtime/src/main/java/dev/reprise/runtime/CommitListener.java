package dev.reprise.runtime;

import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Notified after the broker has committed a transaction of a stream thread: the events before these
 * offsets are processed for good, and are never delivered again.
 */
public interface CommitListener {
  /** Does nothing. */
  CommitListener NONE = offsets -> {};

  /**
   * Called on the stream thread, which it must not block.
   *
   * @param offsets of the next event of each partition
   */
  void committed(Map<TopicPartition, OffsetAndMetadata> offsets);
}
