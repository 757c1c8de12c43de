package dev.reprise.evaluation.pairing;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.EvaluatedTrack;
import dev.reprise.evaluation.v1.KnownPrediction;
import dev.reprise.evaluation.v1.KnownTruth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds the records of the quality topic: the predictions of one track and their errors. */
final class TrackQualities {
  private TrackQualities() {}

  /** Returns the new and changed pairs of a track, and the removed ones marked as withdrawn. */
  static List<TrackQuality> changes(String trackId, EvaluatedTrack before, EvaluatedTrack after) {
    Map<String, TrackQuality> old = of(trackId, before);
    Map<String, TrackQuality> current = of(trackId, after);
    List<TrackQuality> changes = new ArrayList<>();
    current.forEach(
        (model, quality) -> {
          if (!quality.equals(old.get(model))) {
            changes.add(quality);
          }
        });
    old.forEach(
        (model, quality) -> {
          if (!current.containsKey(model)) {
            changes.add(
                quality.toBuilder()
                    .clearPrediction()
                    .clearTruth()
                    .clearError()
                    .setWithdrawn(true)
                    .build());
          }
        });
    return changes;
  }

  /** Returns the pairs of a track, by role and model. */
  private static Map<String, TrackQuality> of(String trackId, EvaluatedTrack track) {
    Map<String, TrackQuality> qualities = new LinkedHashMap<>();
    for (KnownPrediction prediction : track.getPredictionsList()) {
      TrackQuality quality = of(trackId, prediction, track.getTruth());
      if (!quality.getError().getAllFields().isEmpty()) {
        qualities.put(prediction.getRole() + " " + prediction.getModel(), quality);
      }
    }
    return qualities;
  }

  private static TrackQuality of(String trackId, KnownPrediction prediction, KnownTruth truth) {
    AudioFeatures.Builder predicted = AudioFeatures.newBuilder();
    AudioFeatures.Builder known = AudioFeatures.newBuilder();
    AudioFeatures.Builder error = AudioFeatures.newBuilder();
    for (Feature feature : Feature.values()) {
      String label = feature.label();
      if (prediction.containsValues(label) && truth.containsValues(label)) {
        long value = prediction.getValuesOrThrow(label);
        long trueValue = truth.getValuesOrThrow(label);
        set(predicted, label, value);
        set(known, label, trueValue);
        set(error, label, value - trueValue);
      }
    }
    return TrackQuality.newBuilder()
        .setTrackId(trackId)
        .setModel(prediction.getModel())
        .setRole(prediction.getRole())
        .setExtractionId(prediction.getExtractionId())
        .setEventTime(Timestamps.fromMillis(prediction.getEventMs()))
        .setPrediction(predicted)
        .setTruth(known)
        .setError(error)
        .build();
  }

  private static void set(AudioFeatures.Builder features, String label, long millionths) {
    features.setField(
        AudioFeatures.getDescriptor().findFieldByName(label), Variable.value(millionths));
  }
}
