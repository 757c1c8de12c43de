package dev.reprise.cli.submit;

import dev.reprise.cli.files.AudioFormats;
import dev.reprise.cli.files.AudioTrack;
import dev.reprise.cli.files.FileErrors;
import dev.reprise.cli.files.FileState;
import dev.reprise.cli.files.PathText;
import dev.reprise.cli.submit.Submitted.Event;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.AudioFile;
import dev.reprise.runtime.AudioEvents;
import dev.reprise.runtime.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Submits tracks as audio events in CloudEvents' binary mode. Thread-safe. */
public final class EventSender implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<String, byte[]> producer;

  public EventSender(KafkaSettings kafka) {
    this.topic = kafka.topics().audioFiles();
    this.producer =
        new KafkaProducer<>(
            kafka.overriding(
                Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_EVENT_BYTES)),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** Sends tracks as the {@code file:} URIs of their files, and awaits all acknowledgements. */
  public Submitted sendUris(List<AudioTrack> tracks) throws InterruptedException {
    return send(tracks, this::uriEvent);
  }

  /** Sends tracks as the bytes of their files, and awaits all acknowledgements. */
  public Submitted sendContents(List<AudioTrack> tracks) throws InterruptedException {
    return send(tracks, this::contentEvent);
  }

  private interface EventFactory {
    ProducerRecord<String, byte[]> create(AudioTrack track) throws IOException, NotSentException;
  }

  /** Thrown if a track must not be sent; the message is a sentence. */
  private static final class NotSentException extends Exception {
    private static final long serialVersionUID = 1L;

    NotSentException(String message) {
      super(message);
    }
  }

  private record SentTrack(
      AudioTrack track, FileState fileState, Future<RecordMetadata> acknowledgement) {}

  /** Sends the tracks' events; the failure of one track does not stop the others. */
  private Submitted send(List<AudioTrack> tracks, EventFactory factory)
      throws InterruptedException {
    List<String> failures = new ArrayList<>();
    List<SentTrack> sent = new ArrayList<>();
    for (AudioTrack track : tracks) {
      try {
        FileState before = FileState.of(track.file());
        ProducerRecord<String, byte[]> event = factory.create(track);
        if (!FileState.of(track.file()).equals(before)) {
          throw new NotSentException(FileErrors.stillBeingWritten(track.file()));
        }
        sent.add(new SentTrack(track, before, producer.send(event)));
      } catch (NotSentException e) {
        failures.add(e.getMessage());
      } catch (IOException e) {
        failures.add(FileErrors.cannotRead(track.file(), e));
      } catch (KafkaException e) {
        failures.add(sentence(track, e));
      } catch (OutOfMemoryError e) {
        failures.add(
            PathText.of(track.file()) + " does not fit in memory; submit it without --inline.");
      }
    }
    producer.flush();
    return new Submitted(awaitAcknowledgements(sent, failures), failures);
  }

  private static List<Event> awaitAcknowledgements(List<SentTrack> sent, List<String> failures)
      throws InterruptedException {
    List<Event> events = new ArrayList<>();
    for (SentTrack each : sent) {
      try {
        events.add(new Event(each.track(), each.fileState(), each.acknowledgement().get()));
      } catch (ExecutionException e) {
        failures.add(sentence(each.track(), Objects.requireNonNull(e.getCause())));
      }
    }
    return events;
  }

  private static String sentence(AudioTrack track, Throwable cause) {
    return "%s was not submitted: Kafka: %s"
        .formatted(PathText.of(track.file()), cause.getMessage());
  }

  private ProducerRecord<String, byte[]> uriEvent(AudioTrack track) {
    AudioFile event = AudioFile.newBuilder().setUri(track.file().toUri().toString()).build();
    return event(track, Json.bytes(event), "application/json");
  }

  private ProducerRecord<String, byte[]> contentEvent(AudioTrack track)
      throws IOException, NotSentException {
    long bytes = Files.size(track.file());
    if (bytes > AudioEvents.MAX_VALUE_BYTES) {
      throw new NotSentException(
          "%s has %d bytes, too many for an event of 16 MiB; submit it without --inline."
              .formatted(PathText.of(track.file()), bytes));
    }
    return event(track, Files.readAllBytes(track.file()), AudioFormats.mediaType(track.file()));
  }

  private ProducerRecord<String, byte[]> event(AudioTrack track, byte[] value, String contentType) {
    return AudioEvents.record(
        topic, track.id(), UUID.randomUUID().toString(), "/reprise/submit", contentType, value);
  }

  @Override
  public void close() {
    producer.close();
  }
}
