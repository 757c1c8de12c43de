package dev.reprise.cli.run;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.cli.files.FileFaults;
import dev.reprise.cli.files.FileState;
import dev.reprise.cli.files.PathText;
import dev.reprise.cli.submit.Submitted.Event;
import dev.reprise.contract.Json;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.runtime.DeadLetter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Brings what comes out of the topics together with the tracks that were submitted: by the event's
 * place, which is the extraction's id, since an earlier run over the same storage may have left
 * events of the same tracks behind. Not thread-safe.
 */
final class RunOutcomes {
  private final Topics topics;
  private final Map<String, Event> pendingByExtraction = new HashMap<>();
  private final Map<String, String> extractionByTrackId = new HashMap<>();
  private final List<String> failures = new ArrayList<>();

  RunOutcomes(Topics topics) {
    this.topics = topics;
  }

  /** Notes a track that could not even be submitted. */
  void failed(String sentence) {
    failures.add(sentence);
  }

  void submitted(Event event) {
    RecordMetadata record = event.record();
    String extraction =
        new RecordCoordinates(record.topic(), record.partition(), record.offset()).toString();
    pendingByExtraction.put(extraction, event);
    extractionByTrackId.put(event.track().id(), extraction);
  }

  boolean allIn() {
    return pendingByExtraction.isEmpty();
  }

  int pending() {
    return pendingByExtraction.size();
  }

  /** A sentence for each track that failed. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Takes a record of the predictions or the dead-letters topic. */
  Optional<Prediction> accept(ConsumerRecord<byte[], byte[]> record)
      throws InvalidProtocolBufferException {
    if (record.topic().equals(topics.deadLetters())) {
      fail(record);
      return Optional.empty();
    }
    if (record.value() == null) {
      return Optional.empty();
    }
    Prediction.Builder prediction = Prediction.newBuilder();
    Json.parse(record.value(), prediction);
    Event pending = pendingByExtraction.remove(prediction.getExtractionId());
    if (pending != null && hasChanged(pending)) {
      failures.add(FileFaults.stillBeingWritten(pending.track().file()));
      return Optional.empty();
    }
    return Optional.ofNullable(pending).map(submitted -> prediction.build());
  }

  private void fail(ConsumerRecord<byte[], byte[]> record) {
    DeadLetter letter = DeadLetter.of(record);
    Event pending = pendingByExtraction.remove(extraction(letter, record.value()));
    if (pending == null) {
      return;
    }
    Path file = pending.track().file();
    failures.add(
        hasChanged(pending)
            ? FileFaults.stillBeingWritten(file)
            : "%s: %s: %s".formatted(PathText.of(file), letter.reason(), letter.message()));
  }

  /** Whether the file was written to since it was submitted; one that is gone was not. */
  private static boolean hasChanged(Event event) {
    try {
      return !FileState.of(event.track().file()).equals(event.before());
    } catch (IOException e) {
      return false;
    }
  }

  /** A letter that does not say it is that of the track's event. */
  private @Nullable String extraction(DeadLetter letter, byte @Nullable [] value) {
    return letter
        .extractionId(topics, value)
        .orElseGet(() -> extractionByTrackId.get(letter.key()));
  }
}
