package dev.reprise.cli.run;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.cli.files.FileErrors;
import dev.reprise.cli.files.FileState;
import dev.reprise.cli.files.PathText;
import dev.reprise.cli.submit.Submitted.Event;
import dev.reprise.contract.Json;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.runtime.DeadLetterRecord;
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
 * Correlates the records of the output topics with the submitted tracks, by the coordinates of the
 * event, which are the extraction's id: an earlier run over the same storage may have left events
 * of the same tracks. Not thread-safe.
 */
final class RunOutcomes {
  private final Topics topics;
  private final Map<String, Event> pendingByExtraction = new HashMap<>();
  private final Map<String, String> extractionByTrackId = new HashMap<>();
  private final List<String> failures = new ArrayList<>();

  RunOutcomes(Topics topics) {
    this.topics = topics;
  }

  /** Adds the failure of a track that could not be submitted. */
  void addFailure(String sentence) {
    failures.add(sentence);
  }

  /** Adds a submitted event, whose outcome is pending. */
  void addPending(Event event) {
    RecordMetadata record = event.record();
    String extraction =
        new RecordCoordinates(record.topic(), record.partition(), record.offset()).toString();
    pendingByExtraction.put(extraction, event);
    extractionByTrackId.put(event.track().id(), extraction);
  }

  boolean isComplete() {
    return pendingByExtraction.isEmpty();
  }

  int pending() {
    return pendingByExtraction.size();
  }

  /** Returns a sentence for each track that failed. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Takes a record of the predictions or the dead letter topic; returns a track's prediction. */
  Optional<Prediction> accept(ConsumerRecord<byte[], byte[]> record)
      throws InvalidProtocolBufferException {
    if (record.topic().equals(topics.deadLetters())) {
      acceptDeadLetter(record);
      return Optional.empty();
    }
    if (record.value() == null) {
      return Optional.empty();
    }
    Prediction.Builder prediction = Prediction.newBuilder();
    Json.parse(record.value(), prediction);
    Event pending = pendingByExtraction.remove(prediction.getExtractionId());
    if (pending != null && hasChanged(pending)) {
      failures.add(FileErrors.stillBeingWritten(pending.track().file()));
      return Optional.empty();
    }
    return Optional.ofNullable(pending).map(submitted -> prediction.build());
  }

  private void acceptDeadLetter(ConsumerRecord<byte[], byte[]> record) {
    DeadLetterRecord deadLetter = DeadLetterRecord.of(record);
    Event pending = pendingByExtraction.remove(extractionId(deadLetter, record.value()));
    if (pending == null) {
      return;
    }
    Path file = pending.track().file();
    failures.add(
        hasChanged(pending)
            ? FileErrors.stillBeingWritten(file)
            : "%s: %s: %s".formatted(PathText.of(file), deadLetter.reason(), deadLetter.message()));
  }

  /** Returns whether the file was written to since it was submitted; a deleted file was not. */
  private static boolean hasChanged(Event event) {
    try {
      return !FileState.of(event.track().file()).equals(event.fileState());
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns the dead letter's extraction id, or that of the track's event if it has none. */
  private @Nullable String extractionId(DeadLetterRecord deadLetter, byte @Nullable [] value) {
    return deadLetter
        .extractionId(topics, value)
        .orElseGet(() -> extractionByTrackId.get(deadLetter.key()));
  }
}
