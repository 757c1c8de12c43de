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
 * Supplies the clients of a Kafka Streams application: Kafka's default clients, extended in three
 * ways. The clients of stream threads track their progress. A listener is notified of polls and
 * commits. Offset resets are logged and counted, where Kafka's policy {@code earliest} silently
 * continues at the first remaining record.
 *
 * <p>Thread-safe; the clients are confined to the threads of Kafka Streams.
 */
final class StreamClients implements KafkaClientSupplier {
  private static final Logger log = LoggerFactory.getLogger(StreamClients.class);

  private final ExpiredRecords expired;
  private final StreamProgress progress;
  private final StreamListener listener;

  /**
   * The offsets that this process committed last. On an overloaded broker, a repeatedly fenced
   * coordinator has been seen to report that the group had no offsets, and all topics were read
   * again.
   */
  private final Map<TopicPartition, OffsetAndMetadata> committed = new ConcurrentHashMap<>();

  StreamClients(ExpiredRecords expired, StreamProgress progress, StreamListener listener) {
    this.expired = expired;
    this.progress = progress;
    this.listener = listener;
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new TrackingProducer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    Map<String, Object> withoutReset = new HashMap<>(config);
    withoutReset.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    return new TrackingConsumer(withoutReset);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private final class TrackingProducer extends KafkaProducer<byte[], byte[]> {
    private final Map<TopicPartition, OffsetAndMetadata> pending = new HashMap<>();

    TrackingProducer(Map<String, Object> config) {
      super(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void sendOffsetsToTransaction(
        Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
      super.sendOffsetsToTransaction(offsets, group);
      pending.putAll(offsets);
    }

    @Override
    public void commitTransaction() {
      super.commitTransaction();
      committed.putAll(pending);
      listener.committed(Map.copyOf(pending));
      pending.clear();
      progress.mark();
    }

    @Override
    public void abortTransaction() {
      pending.clear();
      super.abortTransaction();
    }
  }

  private final class TrackingConsumer extends KafkaConsumer<byte[], byte[]> {
    TrackingConsumer(Map<String, Object> config) {
      super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      try {
        ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
        if (records.isEmpty() && !hasLag()) {
          progress.mark();
        }
        listener.polled(records, assignment());
        return records;
      } catch (NoOffsetForPartitionException e) {
        initialisePositions(e.partitions());
      } catch (OffsetOutOfRangeException e) {
        e.offsetOutOfRangePartitions().forEach(this::resetPosition);
      }
      return ConsumerRecords.empty();
    }

    /** Overrides the overload that stream threads call. */
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

    private boolean hasLag() {
      return assignment().stream().anyMatch(partition -> currentLag(partition).orElse(0) > 0);
    }

    /** Commits the first positions, so that later deletions count as expired records. */
    private void initialisePositions(Set<TopicPartition> partitions) {
      Map<TopicPartition, Long> begins = beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = endOffsets(partitions);
      begins.replaceAll(
          (partition, begin) -> {
            OffsetAndMetadata last = committed.get(partition);
            // An offset beyond the end means that the topic was recreated.
            if (last == null || last.offset() > ends.getOrDefault(partition, 0L)) {
              return begin;
            }
            log.error(
                "The group has lost its offset of {}; continuing at {}, the last offset that this"
                    + " process committed",
                partition,
                last.offset());
            return last.offset();
          });
      begins.forEach(this::seek);
      commit(begins);
    }

    private void resetPosition(TopicPartition partition, long position) {
      Map<TopicPartition, Long> begins = beginningOffsets(Set.of(partition));
      long begin = begins.getOrDefault(partition, 0L);
      if (position < begin) {
        expired.count(partition, position, begin);
        commit(begins);
      }
      seek(partition, begin);
    }

    /** Commits offsets, so that the application continues there at its next start. */
    private void commit(Map<TopicPartition, Long> offsets) {
      Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
      offsets.forEach(
          (partition, offset) -> positions.put(partition, new OffsetAndMetadata(offset)));
      try {
        commitSync(positions);
      } catch (KafkaException e) {
        log.debug(
            "Cannot commit the offsets of {}; they are committed with the next records",
            offsets.keySet(),
            e);
      }
    }

    /** Overrides the overload that stream threads call to close their consumer. */
    @Override
    public void close(CloseOptions options) {
      progress.forget();
      super.close(options);
    }
  }
}
