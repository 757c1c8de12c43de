package dev.reprise.cli.letters;

import dev.reprise.contract.Topics;
import dev.reprise.runtime.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Fetches single records by their coordinates; fastest in the order of the log. Not thread-safe.
 */
final class RecordFetcher implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Up to so many records are skipped by reading them, which keeps what has been fetched. */
  private static final long NEAR_RECORDS = 500;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Set<TopicPartition> assigned = new HashSet<>();

  RecordFetcher(KafkaSettings kafka) {
    this.consumer =
        new KafkaConsumer<>(
            kafka.over(
                Map.of(
                    ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                    ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                    ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Topics.MAX_EVENT_BYTES,
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /** Returns the record at a place; empty if it has been deleted. */
  Optional<ConsumerRecord<byte[], byte[]>> fetch(Place place) {
    if (!exists(place.partition())) {
      return Optional.empty();
    }
    goTo(place);
    try {
      return poll(place);
    } catch (OffsetOutOfRangeException e) {
      return Optional.empty();
    } finally {
      consumer.pause(List.of(place.partition()));
    }
  }

  private boolean exists(TopicPartition partition) {
    return consumer.partitionsFor(partition.topic()).stream()
        .anyMatch(info -> info.partition() == partition.partition());
  }

  private void goTo(Place place) {
    TopicPartition partition = place.partition();
    if (assigned.add(partition)) {
      consumer.assign(assigned);
      consumer.seek(partition, place.offset());
    } else {
      long ahead = place.offset() - consumer.position(partition);
      if (ahead < 0 || ahead > NEAR_RECORDS) {
        consumer.seek(partition, place.offset());
      }
      consumer.resume(List.of(partition));
    }
  }

  private Optional<ConsumerRecord<byte[], byte[]>> poll(Place place) {
    Instant end = Instant.now().plus(PATIENCE);
    while (consumer.position(place.partition()) <= place.offset()) {
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
