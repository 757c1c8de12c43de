package dev.reprise.evaluation.pairing;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.Json;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.TruthRules;
import dev.reprise.contract.v1.Truth;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.KnownTruth;
import dev.reprise.evaluation.v1.TrackUpdate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the truth topic. */
public final class TruthReader implements TrackUpdateReader {
  private final TruthMeters meters;

  public TruthReader(TruthMeters meters) {
    this.meters = meters;
  }

  @Override
  public Reason invalidReason() {
    return Reason.BAD_TRUTH;
  }

  @Override
  public void countRejected() {
    meters.countRejected();
  }

  @Override
  public TrackUpdate read(String trackId, byte @Nullable [] value, long timestampMillis)
      throws RejectedException {
    KnownTruth.Builder known = KnownTruth.newBuilder().setTimeMs(timestampMillis);
    if (value == null) {
      known.setWithdrawn(true);
    } else {
      known.putAllValues(Variable.features(parse(trackId, value).getAudioFeatures()));
    }
    return TrackUpdate.newBuilder().setTruth(known).build();
  }

  private Truth parse(String trackId, byte[] value) throws RejectedException {
    Truth.Builder parsed = Truth.newBuilder();
    try {
      meters.countUnknownFields(Json.parse(value, parsed).size());
    } catch (InvalidProtocolBufferException e) {
      throw new RejectedException(
          Reason.BAD_TRUTH, "The value is not a Truth in JSON: " + e.getMessage(), e);
    }
    Truth truth = parsed.build();
    if (!truth.getTrackId().isEmpty() && !truth.getTrackId().equals(trackId)) {
      throw new RejectedException(
          Reason.BAD_TRUTH,
          "The truth is for track %s, but the record's key is %s."
              .formatted(truth.getTrackId(), trackId));
    }
    String faults =
        TruthRules.faults(truth).stream()
            .map(fault -> fault.group() + "." + fault.column() + ": " + fault.what())
            .collect(Collectors.joining("; "));
    if (!faults.isEmpty()) {
      throw new RejectedException(
          Reason.BAD_TRUTH, "The truth has invalid values: " + faults + ".");
    }
    return truth;
  }
}
