package dev.reprise.api.audio;

import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.AudioEvents;
import dev.reprise.runtime.KafkaSettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Producer of audio events, as CloudEvents in binary mode. Thread-safe. */
public final class Uploads implements AutoCloseable {
  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final String topic;
  private final KafkaProducer<String, byte[]> producer;

  /**
   * @param bufferBytes largest number of bytes that may wait for the broker
   */
  public Uploads(KafkaSettings kafka, long bufferBytes) {
    this.topic = kafka.topics().audioFiles();
    this.producer =
        new KafkaProducer<>(
            kafka.overriding(
                Map.of(
                    ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                    Topics.MAX_EVENT_BYTES,
                    ProducerConfig.BUFFER_MEMORY_CONFIG,
                    bufferBytes,
                    ProducerConfig.MAX_BLOCK_MS_CONFIG,
                    SEND_TIMEOUT.toMillis() / 4,
                    ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    (int) SEND_TIMEOUT.toMillis() / 2,
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    (int) SEND_TIMEOUT.toMillis())),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /**
   * Sends an event.
   *
   * @return the record's coordinates, {@code topic-partition-offset}, when the broker has
   *     acknowledged it; fails with a {@link KafkaException} if the broker does not do so in time
   */
  public CompletableFuture<String> send(Upload upload) {
    CompletableFuture<String> sent = new CompletableFuture<>();
    try {
      producer.send(
          AudioEvents.record(
              topic,
              upload.trackId(),
              upload.eventId(),
              "/reprise/api",
              upload.contentType(),
              upload.value()),
          (metadata, failure) -> {
            if (failure == null) {
              sent.complete(
                  new RecordCoordinates(metadata.topic(), metadata.partition(), metadata.offset())
                      .toString());
            } else {
              sent.completeExceptionally(failure);
            }
          });
    } catch (KafkaException e) {
      sent.completeExceptionally(e);
    }
    return sent;
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
