package dev.reprise.inference.topology;

import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.ClipPrediction;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.GenreProbability;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelMetadata;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Makes the records that one model's predictions go out as. Immutable. */
final class Predictions {
  private final Model model;
  private final AudioFeatures r2;
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
    this.r2 = Feature.toRecord(metadata.r2().stream().mapToDouble(Double::doubleValue).toArray());
    this.genreNames = metadata.genres();
  }

  Model model() {
    return model;
  }

  ClipPrediction clip(String trackId, MfccClip clip, Scored.Clip scored) {
    Extraction extraction = scored.extraction();
    return ClipPrediction.newBuilder()
        .setTrackId(trackId)
        .setExtractionId(extraction.getId())
        .setEventTime(extraction.getEventTime())
        .setClipIndex(clip.getIndex())
        .setStartSeconds(rounded(clip.getStartSeconds()))
        .setDurationSeconds(rounded(clip.getDurationSeconds()))
        .setFeatures(Feature.toRecord(scored.features()))
        .addAllGenres(genres(scored.genres()))
        .setModel(model)
        .build();
  }

  Prediction track(String trackId, Extraction extraction, TrackStatistics track) {
    return Prediction.newBuilder()
        .setTrackId(trackId)
        .setExtractionId(extraction.getId())
        .setEventTime(extraction.getEventTime())
        .setClipCount(track.scoredClips())
        .setDurationSeconds(rounded(track.decodedSeconds()))
        .setFeatures(Feature.toRecord(track.mean()))
        .setStddev(Feature.toRecord(track.standardDeviation()))
        .setR2(r2)
        .addAllGenres(genres(track.meanGenres()))
        .setModel(model)
        .build();
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

  private static double rounded(double value) {
    return Math.rint(value * 1e6) / 1e6;
  }
}
