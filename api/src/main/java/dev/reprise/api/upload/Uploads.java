package dev.reprise.api.upload;

import dev.reprise.contract.Topics;
import dev.reprise.runtime.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends audio events, CloudEvents in binary mode. Thread-safe. */
public final class Uploads implements AutoCloseable {
  /** Largest value, so that key and headers fit beside it. */
  public static final int MAX_VALUE_BYTES = Topics.MAX_EVENT_BYTES - (16 << 10);

  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(20);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final String topic;
  private final KafkaProducer<String, byte[]> producer;

  /**
   * @param bufferBytes most that waits for the broker
   */
  public Uploads(KafkaSettings kafka, long bufferBytes) {
    this.topic = kafka.topics().audioFiles();
    this.producer =
        new KafkaProducer<>(
            kafka.over(
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
   * @return its place, {@code topic-partition-offset}, when the broker has it; fails with a {@link
   *     KafkaException} if it did not take it in time
   */
  public CompletableFuture<String> send(Upload upload) {
    ProducerRecord<String, byte[]> event =
        new ProducerRecord<>(topic, upload.trackId(), upload.value());
    Headers headers = event.headers();
    add(headers, "content-type", upload.contentType());
    add(headers, "ce_specversion", "1.0");
    add(headers, "ce_id", upload.eventId());
    add(headers, "ce_source", "/reprise/api");
    add(headers, "ce_type", "dev.reprise.audio-file.submitted");
    add(headers, "ce_subject", upload.trackId());
    add(headers, "ce_time", Instant.now().toString());
    CompletableFuture<String> sent = new CompletableFuture<>();
    try {
      producer.send(
          event,
          (place, failure) -> {
            if (failure == null) {
              sent.complete(place.topic() + "-" + place.partition() + "-" + place.offset());
            } else {
              sent.completeExceptionally(failure);
            }
          });
    } catch (KafkaException e) {
      sent.completeExceptionally(e);
    }
    return sent;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
