package dev.reprise.api.catalogue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import dev.reprise.api.state.v1.ExtractedClip;
import dev.reprise.api.state.v1.Fact;
import dev.reprise.api.state.v1.Withdrawn;
import dev.reprise.api.v1.Clip;
import dev.reprise.api.v1.Failure;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.TruthRules;
import dev.reprise.contract.v1.ClipPrediction;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truth;
import dev.reprise.runtime.DeadLetterRecord;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;

/** Readers of the topics with facts about tracks. Thread-safe. */
final class FactReaders {
  private FactReaders() {}

  static FactReader predictions() {
    return new OfKind("prediction") {
      @Override
      public Optional<Fact> read(Record<byte[], byte[]> record)
          throws InvalidProtocolBufferException {
        return record.value() == null
            ? Optional.of(withdrawn(record, Withdrawn.WITHDRAWN_PREDICTION))
            : Optional.of(
                fact(record.timestamp())
                    .setPrediction(parse(record, Prediction.newBuilder()).build())
                    .build());
      }
    };
  }

  /** Returns a reader that rejects the same values as the evaluation. */
  static FactReader truth() {
    return new OfKind("truth") {
      @Override
      public Optional<Fact> read(Record<byte[], byte[]> record)
          throws InvalidProtocolBufferException {
        if (record.value() == null) {
          return Optional.of(withdrawn(record, Withdrawn.WITHDRAWN_TRUTH));
        }
        Truth truth = parse(record, Truth.newBuilder()).build();
        if (!TruthRules.faults(truth).isEmpty()) {
          throw new InvalidProtocolBufferException("A value is out of range.");
        }
        return Optional.of(fact(record.timestamp()).setTruth(truth).build());
      }
    };
  }

  static FactReader clips() {
    return new OfKind("clip-prediction") {
      @Override
      public Optional<Fact> read(Record<byte[], byte[]> record)
          throws InvalidProtocolBufferException {
        if (record.value() == null) {
          return Optional.empty();
        }
        ClipPrediction clip = parse(record, ClipPrediction.newBuilder()).build();
        // The record's own timestamp is the time at which it was written.
        return Optional.of(
            fact(Timestamps.toMillis(clip.getEventTime()))
                .setClip(
                    ExtractedClip.newBuilder()
                        .setExtractionId(clip.getExtractionId())
                        .setClip(toClip(clip)))
                .build());
      }
    };
  }

  /** Returns a reader of dead letters, which skips those that do not end an extraction. */
  static FactReader failures(Topics topics) {
    return new OfKind("dead-letter") {
      @Override
      public Optional<Fact> read(Record<byte[], byte[]> record) {
        DeadLetterRecord letter =
            DeadLetterRecord.of(record.key(), record.value(), record.headers(), record.timestamp());
        return letter
            .extractionId(topics, record.value())
            .map(
                extraction ->
                    fact(record.timestamp())
                        .setFailure(
                            Failure.newBuilder()
                                .setExtractionId(extraction)
                                .setTime(Timestamps.fromMillis(record.timestamp()))
                                .setStage(letter.stage())
                                .setReason(letter.reason())
                                .setMessage(letter.message()))
                        .build());
      }
    };
  }

  private abstract static class OfKind implements FactReader {
    private final String kind;

    OfKind(String kind) {
      this.kind = kind;
    }

    @Override
    public String kind() {
      return kind;
    }
  }

  private static <B extends Message.Builder> B parse(Record<byte[], byte[]> record, B builder)
      throws InvalidProtocolBufferException {
    // Ignores unknown fields, which a newer version of the producer may write.
    Json.parse(record.value(), builder);
    return builder;
  }

  private static Fact.Builder fact(long timeMillis) {
    return Fact.newBuilder().setTimeMs(timeMillis);
  }

  private static Fact withdrawn(Record<byte[], byte[]> record, Withdrawn kind) {
    return fact(record.timestamp()).setWithdrawn(kind).build();
  }

  private static Clip toClip(ClipPrediction clip) {
    Clip.Builder view =
        Clip.newBuilder()
            .setIndex(clip.getClipIndex())
            .setStartSeconds(clip.getStartSeconds())
            .setDurationSeconds(clip.getDurationSeconds())
            .setFeatures(clip.getFeatures())
            .setUncertainty(clip.getUncertainty())
            .setTempoAlternate(clip.getTempoAlternate())
            .setTempoConfidence(clip.getTempoConfidence());
    // Genres are sorted, most probable first.
    if (clip.getGenresCount() > 0) {
      view.setGenre(clip.getGenres(0));
    }
    return view.build();
  }
}
