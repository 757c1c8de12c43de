package dev.reprise.evaluation.pairing;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Json;
import dev.reprise.contract.ModelId;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.Role;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.KnownPrediction;
import dev.reprise.evaluation.v1.PredictionsWithdrawn;
import dev.reprise.evaluation.v1.TrackUpdate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the predictions of one role. */
public final class PredictionReader implements TrackUpdateReader {
  /** 1 January 9998: Protobuf's JSON timestamps end with 9999, and the window's end must fit. */
  private static final long LATEST_EVENT_SECONDS = 253_339_228_800L;

  private static final int MAX_NAME_CHARS = 256;

  private final Role role;
  private final long windowMillis;

  public PredictionReader(Role role, Duration window) {
    this.role = role;
    this.windowMillis = window.toMillis();
  }

  @Override
  public Reason invalidReason() {
    return Reason.BAD_PREDICTION;
  }

  @Override
  public TrackUpdate read(String trackId, byte @Nullable [] value, long timestampMillis)
      throws RejectedException {
    if (value == null) {
      return TrackUpdate.newBuilder()
          .setWithdrawn(
              PredictionsWithdrawn.newBuilder().setRole(role.label()).setTimeMs(timestampMillis))
          .build();
    }
    Prediction prediction = parse(value);
    long eventMillis = Timestamps.toMillis(prediction.getEventTime());
    requireShort(prediction.getExtractionId());
    long windowStartMillis = eventMillis - Math.floorMod(eventMillis, windowMillis);
    return TrackUpdate.newBuilder()
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
      // Unknown fields are those of a newer version of this service, and not reported.
      Json.parse(value, prediction);
      if (!prediction.hasEventTime()
          || !Timestamps.isValid(prediction.getEventTime())
          || prediction.getEventTime().getSeconds() < 0
          || prediction.getEventTime().getSeconds() > LATEST_EVENT_SECONDS) {
        throw new RejectedException(
            Reason.BAD_PREDICTION, "The prediction has no event_time between 1970 and 9997.");
      }
      return prediction.build();
    } catch (InvalidProtocolBufferException e) {
      throw new RejectedException(
          Reason.BAD_PREDICTION, "The value is not a Prediction in JSON: " + e.getMessage(), e);
    }
  }

  /** Returns {@code name@version}, which becomes a label and part of NUL-separated keys. */
  private static String model(Model model) throws RejectedException {
    String name = ModelId.of(model);
    if (model.getName().isEmpty()
        || model.getVersion().isEmpty()
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new RejectedException(
          Reason.BAD_PREDICTION, "The prediction does not name its model and version.");
    }
    requireShort(name);
    return name;
  }

  /** Bounds names, so that the records that contain them fit on their topics. */
  private static void requireShort(String name) throws RejectedException {
    if (name.length() > MAX_NAME_CHARS) {
      throw new RejectedException(
          Reason.BAD_PREDICTION,
          "The name of the prediction's model or extraction is longer than "
              + MAX_NAME_CHARS
              + " characters.");
    }
  }
}
