package dev.reprise.evaluation;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.Distribution;
import dev.reprise.contract.v1.InputStatistics;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truth;
import dev.reprise.evaluation.drift.Binning;
import dev.reprise.evaluation.series.Variable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random predictions and truths. */
final class TestPredictions {
  static final Instant DAY = Instant.parse("2026-03-01T00:00:00Z");
  static final String MODEL = "cnn@1.0.0";

  private TestPredictions() {}

  static Prediction prediction(Random random, String trackId, Instant eventTime) {
    double[] values = values(random);
    return Prediction.newBuilder()
        .setTrackId(trackId)
        .setExtractionId("events-0-" + eventTime.getEpochSecond())
        .setEventTime(Timestamps.fromMillis(eventTime.toEpochMilli()))
        .setClipCount(1)
        .setDurationSeconds(30 + random.nextInt(300))
        .setFeatures(Feature.toRecord(values))
        .setBaseline(Feature.toRecord(new double[] {.5, .5, .5, .5, .2, .1, 120, .4}))
        .setModel(Model.newBuilder().setName("cnn").setVersion("1.0.0"))
        .setInputs(
            InputStatistics.newBuilder()
                .setLoudness(-30 + random.nextInt(10))
                .setMfcc1(100 + random.nextInt(50))
                .setMfcc2(random.nextInt(50))
                .setMfcc3(random.nextInt(50))
                .setMfcc4(random.nextInt(50)))
        // Ignored by the evaluation.
        .setEmbedding(ByteString.copyFrom(new byte[768]))
        .build();
  }

  static Prediction byVersion(Prediction prediction, String version) {
    return prediction.toBuilder()
        .setModel(prediction.getModel().toBuilder().setVersion(version))
        .build();
  }

  static Truth truth(Random random) {
    return Truth.newBuilder().setAudioFeatures(Feature.toRecord(values(random))).build();
  }

  private static double[] values(Random random) {
    double[] values = random.doubles(8).toArray();
    values[Feature.TEMPO.ordinal()] = 60 + 120 * random.nextDouble();
    return values;
  }

  /** Returns a reference with uniform distributions. */
  static ModelReference reference(String model) {
    ModelReference.Builder reference = ModelReference.newBuilder().setModel(model).setSha256("a");
    for (Variable variable : Variable.values()) {
      Distribution distribution =
          Distribution.newBuilder()
              .setMinimum(variable.binning().minimum())
              .setMaximum(variable.binning().maximum())
              .addAllCounts(new ArrayList<>(Collections.nCopies(Binning.BINS, 1)))
              .build();
      if (!variable.isInput()) {
        reference.putFeatures(variable.label(), distribution);
      } else if (variable != Variable.DURATION) {
        reference.putInputs(variable.label(), distribution);
      }
    }
    return reference.build();
  }

  static List<Prediction> predictions(Random random, int tracks, Instant from, Duration apart) {
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < tracks; i++) {
      predictions.add(prediction(random, Integer.toString(i), from.plus(apart.multipliedBy(i))));
    }
    return predictions;
  }
}
