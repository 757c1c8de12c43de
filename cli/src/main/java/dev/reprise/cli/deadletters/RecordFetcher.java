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
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Few, since most of what is fetched beside a record is not asked for. */
  private static final int FETCH_BYTES = 64 << 10;

  /** So many are read and passed over, rather than fetched from another place. */
  private static final long NEAR_RECORDS = 10;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private @Nullable TopicPartition current;

  RecordFetcher(KafkaSettings kafka) {
    this.consumer =
        new KafkaConsumer<>(
            kafka.over(
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

  /** Returns the record at a place; empty if it has been deleted. */
  Optional<ConsumerRecord<byte[], byte[]>> fetch(RecordCoordinates place) {
    TopicPartition partition = partition(place);
    if (!exists(partition) || !isWritten(place)) {
      return Optional.empty();
    }
    goTo(place);
    try {
      return poll(place);
    } catch (OffsetOutOfRangeException e) {
      // Nothing is to be read on from here.
      current = null;
      return Optional.empty();
    }
  }

  private static TopicPartition partition(RecordCoordinates place) {
    return new TopicPartition(place.topic(), place.partition());
  }

  private boolean exists(TopicPartition partition) {
    return consumer.partitionsFor(partition.topic()).stream()
        .anyMatch(info -> info.partition() == partition.partition());
  }

  /** A topic may have been made again since, and be shorter. */
  private boolean isWritten(RecordCoordinates place) {
    return consumer.endOffsets(List.of(partition(place))).values().stream()
        .anyMatch(end -> end > place.offset());
  }

  private void goTo(RecordCoordinates place) {
    TopicPartition partition = partition(place);
    long ahead = -1;
    if (partition.equals(current)) {
      ahead = place.offset() - consumer.position(partition);
    } else {
      // One alone, so that no more than one record of 16 MiB is held beside.
      consumer.assign(List.of(partition));
      current = partition;
    }
    if (ahead < 0 || ahead > NEAR_RECORDS) {
      consumer.seek(partition, place.offset());
    }
  }

  private Optional<ConsumerRecord<byte[], byte[]>> poll(RecordCoordinates place) {
    Instant end = Instant.now().plus(PATIENCE);
    while (consumer.position(partition(place)) <= place.offset()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() == place.offset()) {
          return Optional.of(record);
        }
      }
      if (Instant.now().isAfter(end)) {
        throw new TimeoutException("The record at " + place + " does not come.");
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
