package dev.reprise.evaluation.pairing;

import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.EvaluatedTrack;
import dev.reprise.evaluation.v1.KnownPrediction;
import dev.reprise.evaluation.v1.KnownTruth;
import dev.reprise.evaluation.v1.Observation;
import dev.reprise.evaluation.v1.PredictionsWithdrawn;
import dev.reprise.evaluation.v1.Series;
import dev.reprise.evaluation.v1.TrackUpdate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Updates the state of a track, and derives its observations.
 *
 * <p>Producers may write the same key to any partition, so that Kafka does not order the records of
 * a track. Time does: the truth with the latest timestamp is current, and so is the prediction of
 * the latest event for its role and model; ties are broken by content. The final state thus does
 * not depend on the order of the records.
 */
final class EvaluatedTracks {
  private static final Comparator<KnownTruth> TRUTHS =
      Comparator.comparingLong(KnownTruth::getTimeMs)
          .thenComparing(KnownTruth::getWithdrawn)
          .thenComparing(truth -> new TreeMap<>(truth.getValuesMap()).toString());

  private static final Comparator<KnownPrediction> PREDICTIONS =
      Comparator.comparingLong(KnownPrediction::getEventMs)
          .thenComparing(KnownPrediction::getExtractionId)
          .thenComparing(prediction -> new TreeMap<>(prediction.getValuesMap()).toString());

  private EvaluatedTracks() {}

  /** Returns the track with an update applied; an equal one if the update changes nothing. */
  static EvaluatedTrack apply(EvaluatedTrack track, TrackUpdate update) {
    return switch (update.getBodyCase()) {
      case TRUTH -> withTruth(track, update.getTruth());
      case PREDICTION -> withPrediction(track, update.getPrediction());
      case WITHDRAWN -> withdraw(track, update.getWithdrawn());
      case BODY_NOT_SET -> throw new IllegalArgumentException("The update has no body.");
    };
  }

  private static EvaluatedTrack withTruth(EvaluatedTrack track, KnownTruth truth) {
    EvaluatedTrack.Builder after = track.toBuilder();
    if (!truth.getWithdrawn()) {
      long first = track.hasFirstTruthMs() ? track.getFirstTruthMs() : Long.MAX_VALUE;
      after.setFirstTruthMs(Math.min(first, truth.getTimeMs()));
    }
    if (!track.hasTruth() || TRUTHS.compare(truth, track.getTruth()) > 0) {
      after.setTruth(truth);
    }
    return after.build();
  }

  /** Returns whether two truths are equal except for their time. */
  static boolean haveSameContent(KnownTruth one, KnownTruth other) {
    return one.getWithdrawn() == other.getWithdrawn()
        && one.getValuesMap().equals(other.getValuesMap());
  }

  private static EvaluatedTrack withPrediction(EvaluatedTrack track, KnownPrediction prediction) {
    long withdrawnMillis = track.getWithdrawnMsOrDefault(prediction.getRole(), -1);
    if (prediction.getEventMs() <= withdrawnMillis) {
      return track;
    }
    for (int i = 0; i < track.getPredictionsCount(); i++) {
      KnownPrediction known = track.getPredictions(i);
      if (known.getRole().equals(prediction.getRole())
          && known.getModel().equals(prediction.getModel())) {
        return PREDICTIONS.compare(prediction, known) > 0
            ? track.toBuilder().setPredictions(i, prediction).build()
            : track;
      }
    }
    return track.toBuilder().addPredictions(prediction).build();
  }

  private static EvaluatedTrack withdraw(EvaluatedTrack track, PredictionsWithdrawn withdrawn) {
    String role = withdrawn.getRole();
    if (withdrawn.getTimeMs() <= track.getWithdrawnMsOrDefault(role, -1)) {
      return track;
    }
    EvaluatedTrack.Builder rest =
        track.toBuilder().putWithdrawnMs(role, withdrawn.getTimeMs()).clearPredictions();
    for (KnownPrediction known : track.getPredictionsList()) {
      if (!known.getRole().equals(role) || known.getEventMs() > withdrawn.getTimeMs()) {
        rest.addPredictions(known);
      }
    }
    return rest.build();
  }

  /** Returns the contribution of a track to each series, in the order of its predictions. */
  static Map<Series, Observation> observations(EvaluatedTrack track) {
    Map<Series, Observation> observations = new LinkedHashMap<>();
    for (KnownPrediction prediction : track.getPredictionsList()) {
      for (Variable variable : Variable.values()) {
        observations.put(
            Series.newBuilder()
                .setRole(prediction.getRole())
                .setModel(prediction.getModel())
                .setVariable(variable.label())
                .build(),
            observation(prediction, track, variable.label()));
      }
    }
    return observations;
  }

  private static Observation observation(
      KnownPrediction prediction, EvaluatedTrack track, String variable) {
    KnownTruth truth = track.getTruth();
    Observation.Builder observation =
        Observation.newBuilder()
            .setWindowStartMs(prediction.getWindowStartMs())
            .setWindowEndMs(prediction.getWindowEndMs());
    if (!prediction.containsValues(variable)) {
      return observation.build();
    }
    observation.setPrediction(prediction.getValuesOrThrow(variable));
    if (truth.containsValues(variable)) {
      observation
          .setTruth(truth.getValuesOrThrow(variable))
          .setTruthLagMs(Math.max(0, track.getFirstTruthMs() - prediction.getEventMs()));
      if (prediction.containsBaseline(variable)) {
        observation.setBaseline(prediction.getBaselineOrThrow(variable));
      }
    }
    return observation.build();
  }
}
