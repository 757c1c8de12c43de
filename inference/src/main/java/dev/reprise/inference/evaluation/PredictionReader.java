package dev.reprise.inference.evaluation;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Json;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.inference.model.Role;
import dev.reprise.inference.v1.KnownPrediction;
import dev.reprise.inference.v1.PredictionsWithdrawn;
import dev.reprise.inference.v1.TrackEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the predictions of one role. */
final class PredictionReader implements RecordReader {
  private final Role role;
  private final long windowMillis;

  PredictionReader(Role role, Duration window) {
    this.role = role;
    this.windowMillis = window.toMillis();
  }

  @Override
  public Reason badRecord() {
    return Reason.BAD_PREDICTION;
  }

  @Override
  public TrackEvent read(String trackId, byte @Nullable [] value, long timestampMillis)
      throws RejectedException {
    if (value == null) {
      return TrackEvent.newBuilder()
          .setWithdrawn(
              PredictionsWithdrawn.newBuilder().setRole(role.label()).setTimeMs(timestampMillis))
          .build();
    }
    Prediction prediction = parse(value);
    long eventMillis = Timestamps.toMillis(prediction.getEventTime());
    long windowStartMillis = eventMillis - Math.floorMod(eventMillis, windowMillis);
    return TrackEvent.newBuilder()
        .setPrediction(
            KnownPrediction.newBuilder()
                .setRole(role.label())
                .setModel(model(prediction.getModel()))
                .setExtractionId(prediction.getExtractionId())
                .setEventMs(eventMillis)
                .setWindowStartMs(windowStartMillis)
                .setWindowEndMs(windowStartMillis + windowMillis)
                .putAllValues(Variable.of(prediction))
                .putAllBaseline(Variable.features(prediction.getBaseline())))
        .build();
  }

  private static Prediction parse(byte[] value) throws RejectedException {
    try {
      Prediction.Builder prediction = Prediction.newBuilder();
      // Unknown fields are of a newer version of this service, and none of the user's faults.
      Json.parse(value, prediction);
      if (!prediction.hasEventTime()
          || !Timestamps.isValid(prediction.getEventTime())
          || prediction.getEventTime().getSeconds() < 0) {
        throw new RejectedException(
            Reason.BAD_PREDICTION, "The prediction has no event_time after 1970.");
      }
      return prediction.build();
    } catch (InvalidProtocolBufferException e) {
      throw new RejectedException(
          Reason.BAD_PREDICTION, "The value is not a Prediction in JSON: " + e.getMessage(), e);
    }
  }

  /** {@code name@version}; it becomes a label, and a part of keys with NUL between them. */
  private static String model(Model model) throws RejectedException {
    String name = model.getName() + "@" + model.getVersion();
    if (model.getName().isEmpty()
        || model.getVersion().isEmpty()
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new RejectedException(
          Reason.BAD_PREDICTION, "The prediction does not name its model and version.");
    }
    return name;
  }
}
