package dev.reprise.cli.deadletters;

import dev.reprise.contract.RecordCoordinates;
import dev.reprise.runtime.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches single records by their coordinates; fastest in the order of a partition's log. Not
 * thread-safe.
 */
final class RecordFetcher implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Small, since most records fetched along with the requested one are discarded. */
  private static final int FETCH_BYTES = 64 << 10;

  /** Up to this distance records are read and skipped, which is cheaper than a seek. */
  private static final long MAX_SKIPPED_RECORDS = 10;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private @Nullable TopicPartition current;

  RecordFetcher(KafkaSettings kafka) {
    this.consumer =
        new KafkaConsumer<>(
            kafka.overriding(
                Map.of(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                    ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                    ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES,
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /** Returns the record at the coordinates; empty if it has been deleted. */
  Optional<ConsumerRecord<byte[], byte[]>> fetch(RecordCoordinates coordinates) {
    TopicPartition partition = partition(coordinates);
    if (!exists(partition) || !isBeforeEnd(coordinates)) {
      return Optional.empty();
    }
    seek(coordinates);
    try {
      return poll(coordinates);
    } catch (OffsetOutOfRangeException e) {
      // The next fetch must not continue from this position.
      current = null;
      return Optional.empty();
    }
  }

  private static TopicPartition partition(RecordCoordinates coordinates) {
    return new TopicPartition(coordinates.topic(), coordinates.partition());
  }

  private boolean exists(TopicPartition partition) {
    return consumer.partitionsFor(partition.topic()).stream()
        .anyMatch(info -> info.partition() == partition.partition());
  }

  /** Returns whether the offset is below the partition's end; a recreated topic may be shorter. */
  private boolean isBeforeEnd(RecordCoordinates coordinates) {
    return consumer.endOffsets(List.of(partition(coordinates))).values().stream()
        .anyMatch(end -> end > coordinates.offset());
  }

  private void seek(RecordCoordinates coordinates) {
    TopicPartition partition = partition(coordinates);
    long ahead = -1;
    if (partition.equals(current)) {
      ahead = coordinates.offset() - consumer.position(partition);
    } else {
      // A single partition, so that at most one other record of 16 MiB is buffered.
      consumer.assign(List.of(partition));
      current = partition;
    }
    if (ahead < 0 || ahead > MAX_SKIPPED_RECORDS) {
      consumer.seek(partition, coordinates.offset());
    }
  }

  private Optional<ConsumerRecord<byte[], byte[]>> poll(RecordCoordinates coordinates) {
    Instant end = Instant.now().plus(TIMEOUT);
    while (consumer.position(partition(coordinates)) <= coordinates.offset()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() == coordinates.offset()) {
          return Optional.of(record);
        }
      }
      if (Instant.now().isAfter(end)) {
        throw new TimeoutException("Timed out fetching the record at " + coordinates + ".");
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
