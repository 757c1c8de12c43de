package dev.reprise.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the committed records of topics without a consumer group. Not thread-safe, except {@link
 * #wakeup}.
 */
public final class TopicReader implements AutoCloseable {
  private final KafkaSettings kafka;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Map<TopicPartition, Long> endOffsets;

  private TopicReader(
      KafkaSettings kafka, KafkaConsumer<byte[], byte[]> consumer, List<String> topics)
      throws ConfigurationException {
    this.kafka = kafka;
    this.consumer = consumer;
    for (String topic : topics) {
      List<PartitionInfo> found = partitionsOf(topic);
      if (found.isEmpty()) {
        throw new ConfigurationException(
            "Topic " + topic + " does not exist; create it with 'reprise topics create'.");
      }
      found.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    this.endOffsets = consumer.endOffsets(partitions);
  }

  private List<PartitionInfo> partitionsOf(String topic) throws ConfigurationException {
    try {
      return consumer.partitionsFor(topic);
    } catch (TopicAuthorizationException e) {
      throw new ConfigurationException(
          ClusterCheck.missingPermission(kafka, AclOperation.READ, topic));
    }
  }

  /** Opens a reader of all existing records, and then of new ones. */
  public static TopicReader fromBeginning(KafkaSettings kafka, List<String> topics)
      throws ConfigurationException {
    TopicReader reader = open(kafka, topics);
    reader.consumer.seekToBeginning(reader.partitions);
    return reader;
  }

  /** Opens a reader of the records written from now on. */
  public static TopicReader fromEnd(KafkaSettings kafka, List<String> topics)
      throws ConfigurationException {
    TopicReader reader = open(kafka, topics);
    // seekToEnd is lazy: it would skip the records written before the first poll.
    reader.endOffsets.forEach(reader.consumer::seek);
    return reader;
  }

  /**
   * Opens a reader of the newest records of each partition, and then of new ones.
   *
   * @param counts number of newest records per partition, by topic
   */
  public static TopicReader fromNewest(KafkaSettings kafka, Map<String, Long> counts)
      throws ConfigurationException {
    TopicReader reader = open(kafka, List.copyOf(counts.keySet()));
    Map<TopicPartition, Long> beginOffsets = reader.consumer.beginningOffsets(reader.partitions);
    reader.endOffsets.forEach(
        (partition, end) ->
            reader.consumer.seek(
                partition,
                Math.max(
                    beginOffsets.getOrDefault(partition, 0L),
                    end - counts.getOrDefault(partition.topic(), 0L))));
    return reader;
  }

  private static TopicReader open(KafkaSettings kafka, List<String> topics)
      throws ConfigurationException {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            kafka.overriding(
                Map.of(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                    ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    try {
      return new TopicReader(kafka, consumer, topics);
    } catch (ConfigurationException | RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /** Returns the next records; empty if none arrive within the timeout. */
  public List<ConsumerRecord<byte[], byte[]>> poll(Duration timeout) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    consumer.poll(timeout).forEach(records::add);
    return records;
  }

  /** Returns whether a record was written after the reader was created. */
  public boolean isNew(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    return record.offset() >= endOffsets.getOrDefault(partition, 0L);
  }

  /** Aborts a blocked {@link #poll} with a WakeupException; may be called from any thread. */
  public void wakeup() {
    consumer.wakeup();
  }

  /** Returns whether all records that existed when the reader was created have been read. */
  public boolean atEnd() {
    return endOffsets.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
