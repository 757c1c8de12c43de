package dev.reprise.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of a Kafka Streams application, as by default, except that those of its threads note
 * their progress, and that no reset of an offset goes unseen: Kafka's own policy {@code earliest}
 * goes on at what is left of a topic without a word.
 *
 * <p>Thread-safe; the clients are used as Kafka Streams does.
 */
final class StreamClients implements KafkaClientSupplier {
  private static final Logger log = LoggerFactory.getLogger(StreamClients.class);

  private final ExpiredRecords expired;
  private final StreamProgress progress;

  /**
   * Where this process committed last. A coordinator that is fenced again and again, on a starved
   * broker, was seen to answer that a group has no offsets; all topics were read again.
   */
  private final Map<TopicPartition, OffsetAndMetadata> committed = new ConcurrentHashMap<>();

  StreamClients(ExpiredRecords expired, StreamProgress progress) {
    this.expired = expired;
    this.progress = progress;
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new NotingProducer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    Map<String, Object> withoutReset = new HashMap<>(config);
    withoutReset.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    return new NotingConsumer(withoutReset);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private final class NotingProducer extends KafkaProducer<byte[], byte[]> {
    private final Map<TopicPartition, OffsetAndMetadata> sent = new HashMap<>();

    NotingProducer(Map<String, Object> config) {
      super(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
      super.sendOffsetsToTransaction(offsets, group);
      sent.putAll(offsets);
    }

    @Override
    public void commitTransaction() {
      super.commitTransaction();
      committed.putAll(sent);
      sent.clear();
      progress.mark();
    }

    @Override
    public void abortTransaction() {
      sent.clear();
      super.abortTransaction();
    }
  }

  private final class NotingConsumer extends KafkaConsumer<byte[], byte[]> {
    NotingConsumer(Map<String, Object> config) {
      super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      try {
        ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
        if (records.isEmpty() && !recordsWait()) {
          progress.mark();
        }
        return records;
      } catch (NoOffsetForPartitionException e) {
        startReading(e.partitions());
      } catch (OffsetOutOfRangeException e) {
        e.offsetOutOfRangePartitions().forEach(this::resume);
      }
      return ConsumerRecords.empty();
    }

    /** This one of the two is what a stream thread asks. */
    @Override
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(super.committed(partitions));
      for (TopicPartition partition : partitions) {
        OffsetAndMetadata last = committed.get(partition);
        if (last != null && offsets.get(partition) == null) {
          offsets.put(partition, last);
        }
      }
      return offsets;
    }

    private boolean recordsWait() {
      return assignment().stream().anyMatch(partition -> currentLag(partition).orElse(0) > 0);
    }

    /** Whatever is deleted from here on is missed, even before a first record is read. */
    private void startReading(Set<TopicPartition> partitions) {
      Map<TopicPartition, Long> begins = beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = endOffsets(partitions);
      begins.replaceAll(
          (partition, begin) -> {
            OffsetAndMetadata last = committed.get(partition);
            // Beyond the end: the topic was made anew.
            if (last == null || last.offset() > ends.getOrDefault(partition, 0L)) {
              return begin;
            }
            log.error(
                "The group's offset of {} is gone; reading goes on at {}, where this process"
                    + " committed last",
                partition,
                last.offset());
            return last.offset();
          });
      begins.forEach(this::seek);
      commit(begins);
    }

    private void resume(TopicPartition partition, long position) {
      Map<TopicPartition, Long> begins = beginningOffsets(Set.of(partition));
      long begin = begins.getOrDefault(partition, 0L);
      if (position < begin) {
        expired.count(partition, position, begin);
        commit(begins);
      }
      seek(partition, begin);
    }

    /** So that the next start takes these offsets for the application's. */
    private void commit(Map<TopicPartition, Long> offsets) {
      Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
      offsets.forEach(
          (partition, offset) -> positions.put(partition, new OffsetAndMetadata(offset)));
      try {
        commitSync(positions);
      } catch (KafkaException e) {
        log.debug("The offsets of {} are committed with their next records", offsets.keySet(), e);
      }
    }

    /** This one of the three is what a stream thread closes its consumer by. */
    @Override
    public void close(CloseOptions options) {
      progress.forget();
      super.close(options);
    }
  }
}
