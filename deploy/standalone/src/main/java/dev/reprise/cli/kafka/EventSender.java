package dev.reprise.cli.kafka;

import dev.reprise.cli.files.AudioFormats;
import dev.reprise.cli.files.Track;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.AudioFile;
import dev.reprise.runtime.AudioEvents;
import dev.reprise.runtime.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Submits tracks as audio events, CloudEvents in binary mode. Thread-safe. */
public final class EventSender implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<String, byte[]> producer;

  public EventSender(KafkaSettings kafka) {
    this.topic = kafka.topics().audioFiles();
    this.producer =
        new KafkaProducer<>(
            kafka.over(Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_EVENT_BYTES)),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** Sends a track as the {@code file:} URI of its file. */
  public Future<RecordMetadata> sendUri(Track track) {
    AudioFile event = AudioFile.newBuilder().setUri(track.file().toUri().toString()).build();
    return send(track, Json.bytes(event), "application/json");
  }

  /** Sends a track as the bytes of its file. */
  public Future<RecordMetadata> sendContent(Track track) throws IOException {
    return send(track, Files.readAllBytes(track.file()), AudioFormats.mediaType(track.file()));
  }

  private Future<RecordMetadata> send(Track track, byte[] value, String contentType) {
    return producer.send(
        AudioEvents.record(
            topic,
            track.id(),
            UUID.randomUUID().toString(),
            "/reprise/submit",
            contentType,
            value));
  }

  /** Waits until all is sent. */
  @Override
  public void close() {
    producer.close();
  }
}
