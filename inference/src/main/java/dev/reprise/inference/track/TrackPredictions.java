package dev.reprise.inference.track;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truncation;
import dev.reprise.inference.scoring.InputSummary;
import dev.reprise.inference.scoring.PredictionRecords;
import dev.reprise.inference.scoring.TempoEstimate;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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
            .setDurationSeconds(rounded(track.decodedSeconds()))
            .setFeatures(Feature.toRecord(track.features()))
            .setStddev(Feature.toRecord(track.standardDeviation()))
            .addAllGenres(records.genres(track.meanGenres()))
            .setUncertainty(Feature.toRecord(track.uncertainty()))
            .setTempoAlternate(tempo.alternateBpm())
            .setTempoConfidence(rounded(tempo.confidence()))
            .setInputs(InputSummary.toRecord(track.inputs()))
            .setEmbedding(float32(track.embedding()))
            .addAllMarks(track.marks());
    track.truncated().map(TrackPredictions::rounded).ifPresent(prediction::setTruncated);
    return prediction.build();
  }

  private static ByteString float32(double[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) rounded(value));
    }
    return ByteString.copyFrom(bytes.flip());
  }

  private static Truncation rounded(Truncation exact) {
    Truncation.Builder truncation =
        Truncation.newBuilder().setDecodedSeconds(rounded(exact.getDecodedSeconds()));
    if (exact.hasPromisedSeconds()) {
      truncation.setPromisedSeconds(rounded(exact.getPromisedSeconds()));
    }
    return truncation.build();
  }

  private static double rounded(double value) {
    return Math.rint(value * 1e6) / 1e6;
  }
}
