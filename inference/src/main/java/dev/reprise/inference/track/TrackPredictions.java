package dev.reprise.inference.track;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Float32;
import dev.reprise.contract.Rounding;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truncation;
import dev.reprise.inference.scoring.InputSummary;
import dev.reprise.inference.scoring.PredictionRecords;
import dev.reprise.inference.scoring.TempoEstimate;

/** Builds the prediction of a track from the statistics of its clips. */
final class TrackPredictions {
  private TrackPredictions() {}

  static Prediction of(
      PredictionRecords records, String trackId, Extraction extraction, TrackStatistics track) {
    TempoEstimate tempo = track.tempo();
    Prediction.Builder prediction =
        records
            .trackPrediction(trackId, extraction)
            .setClipCount(track.scoredClips())
            .setDurationSeconds(Rounding.sixDecimals(track.decodedSeconds()))
            .setFeatures(Feature.toRecord(track.features()))
            .setStddev(Feature.toRecord(track.standardDeviation()))
            .addAllGenres(records.genres(track.meanGenres()))
            .setUncertainty(Feature.toRecord(track.uncertainty()))
            .setTempoAlternate(tempo.alternateBpm())
            .setTempoConfidence(Rounding.sixDecimals(tempo.confidence()))
            .setInputs(InputSummary.toRecord(track.inputs()))
            .setEmbedding(float32(track.embedding()))
            .addAllMarks(track.marks());
    track.truncated().map(TrackPredictions::rounded).ifPresent(prediction::setTruncated);
    return prediction.build();
  }

  private static ByteString float32(double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) Rounding.sixDecimals(values[i]);
    }
    return Float32.encode(rounded);
  }

  private static Truncation rounded(Truncation exact) {
    Truncation.Builder truncation =
        Truncation.newBuilder().setDecodedSeconds(Rounding.sixDecimals(exact.getDecodedSeconds()));
    if (exact.hasPromisedSeconds()) {
      truncation.setPromisedSeconds(Rounding.sixDecimals(exact.getPromisedSeconds()));
    }
    return truncation.build();
  }
}
