package dev.reprise.cli.run;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.cli.files.Track;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.runtime.DeadLetter;
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
final class Outcomes {
  private final Topics topics;
  private final Map<String, Track> pendingByExtraction = new HashMap<>();
  private final Map<String, String> extractionByTrackId = new HashMap<>();
  private final List<Failure> failures = new ArrayList<>();

  Outcomes(Topics topics) {
    this.topics = topics;
  }

  void submitted(Track track, RecordMetadata event) {
    String extraction = event.topic() + "-" + event.partition() + "-" + event.offset();
    pendingByExtraction.put(extraction, track);
    extractionByTrackId.put(track.id(), extraction);
  }

  boolean allIn() {
    return pendingByExtraction.isEmpty();
  }

  int pending() {
    return pendingByExtraction.size();
  }

  List<Failure> failures() {
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
    return pendingByExtraction.remove(prediction.getExtractionId()) == null
        ? Optional.empty()
        : Optional.of(prediction.build());
  }

  private void fail(ConsumerRecord<byte[], byte[]> record) {
    DeadLetter letter = DeadLetter.of(record);
    Track track = pendingByExtraction.remove(extraction(letter, record.value()));
    if (track != null) {
      failures.add(new Failure(track, letter.reason(), letter.message()));
    }
  }

  /** A letter that does not say it is that of the track's event. */
  private @Nullable String extraction(DeadLetter letter, byte @Nullable [] value) {
    return letter
        .extractionId(topics, value)
        .orElseGet(() -> extractionByTrackId.get(letter.key()));
  }
}
