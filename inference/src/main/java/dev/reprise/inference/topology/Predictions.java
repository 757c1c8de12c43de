package dev.reprise.inference.topology;

import com.google.protobuf.ByteString;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.ClipPrediction;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.GenreProbability;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truncation;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Makes the records that one model's predictions go out as. Immutable. */
final class Predictions {
  private final Model model;
  private final AudioFeatures r2;
  private final AudioFeatures baseline;
  private final List<String> genreNames;

  Predictions(ModelMetadata metadata, ExecutionProvider provider) {
    this.model =
        Model.newBuilder()
            .setName(metadata.name())
            .setVersion(metadata.version())
            .setSha256(metadata.sha256())
            .setExecutionProvider(provider.label())
            .setContract(metadata.contract())
            .setContractSha256(metadata.contractSha256())
            .build();
    this.r2 = record(metadata.r2());
    this.baseline = record(metadata.labelMeans());
    this.genreNames = metadata.genres();
  }

  private static AudioFeatures record(List<Double> perFeature) {
    return Feature.toRecord(perFeature.stream().mapToDouble(Double::doubleValue).toArray());
  }

  String modelSha256() {
    return model.getSha256();
  }

  int genreCount() {
    return genreNames.size();
  }

  ClipPrediction clip(String trackId, Extraction extraction, MfccClip clip, ClipScores scores) {
    return ClipPrediction.newBuilder()
        .setTrackId(trackId)
        .setExtractionId(extraction.getId())
        .setEventTime(extraction.getEventTime())
        .setClipIndex(clip.getIndex())
        .setStartSeconds(rounded(clip.getStartSeconds()))
        .setDurationSeconds(rounded(clip.getDurationSeconds()))
        .setFeatures(Feature.toRecord(scores.features()))
        .addAllGenres(genres(scores.genres()))
        .setModel(model)
        .setUncertainty(Feature.toRecord(scores.uncertainty()))
        .setTempoAlternate(scores.tempo().alternateBpm())
        .setTempoConfidence(scores.tempo().confidence())
        .setInputs(InputSummary.toRecord(scores.inputs()))
        .build();
  }

  Prediction track(String trackId, Extraction extraction, TrackStatistics track) {
    TempoEstimate tempo = track.tempo();
    Prediction.Builder prediction =
        Prediction.newBuilder()
            .setTrackId(trackId)
            .setExtractionId(extraction.getId())
            .setEventTime(extraction.getEventTime())
            .setClipCount(track.scoredClips())
            .setDurationSeconds(rounded(track.decodedSeconds()))
            .setFeatures(Feature.toRecord(track.features()))
            .setStddev(Feature.toRecord(track.standardDeviation()))
            .setR2(r2)
            .addAllGenres(genres(track.meanGenres()))
            .setModel(model)
            .setUncertainty(Feature.toRecord(track.uncertainty()))
            .setTempoAlternate(tempo.alternateBpm())
            .setTempoConfidence(rounded(tempo.confidence()))
            .setBaseline(baseline)
            .setInputs(InputSummary.toRecord(track.inputs()))
            .setEmbedding(float32(track.embedding()))
            .addAllMarks(track.marks());
    track.truncated().map(Predictions::rounded).ifPresent(prediction::setTruncated);
    return prediction.build();
  }

  private List<GenreProbability> genres(double[] probabilities) {
    return IntStream.range(0, genreNames.size())
        .mapToObj(
            i ->
                GenreProbability.newBuilder()
                    .setName(genreNames.get(i))
                    .setProbability(rounded(probabilities[i]))
                    .build())
        .sorted(Comparator.comparingDouble(GenreProbability::getProbability).reversed())
        .toList();
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
