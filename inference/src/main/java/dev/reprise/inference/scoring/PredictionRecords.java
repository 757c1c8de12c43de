package dev.reprise.inference.scoring;

import dev.reprise.contract.Feature;
import dev.reprise.contract.Rounding;
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

/** Builds the prediction records of one model. Immutable. */
public final class PredictionRecords {
  private final Model model;
  private final AudioFeatures r2;
  private final AudioFeatures baseline;
  private final List<String> genreNames;

  PredictionRecords(ModelMetadata metadata, ExecutionProvider provider) {
    this.model =
        Model.newBuilder()
            .setName(metadata.name())
            .setVersion(metadata.version())
            .setSha256(metadata.sha256())
            .setExecutionProvider(provider.label())
            .setContract(metadata.contract())
            .setContractSha256(metadata.contractSha256())
            .build();
    this.r2 = toAudioFeatures(metadata.r2());
    this.baseline = toAudioFeatures(metadata.labelMeans());
    this.genreNames = metadata.genres();
  }

  private static AudioFeatures toAudioFeatures(List<Double> perFeature) {
    return Feature.toRecord(perFeature.stream().mapToDouble(Double::doubleValue).toArray());
  }

  public String modelSha256() {
    return model.getSha256();
  }

  public int genreCount() {
    return genreNames.size();
  }

  ClipPrediction clipPrediction(
      String trackId, Extraction extraction, MfccClip clip, ClipScores scores) {
    return ClipPrediction.newBuilder()
        .setTrackId(trackId)
        .setExtractionId(extraction.getId())
        .setEventTime(extraction.getEventTime())
        .setClipIndex(clip.getIndex())
        .setStartSeconds(Rounding.sixDecimals(clip.getStartSeconds()))
        .setDurationSeconds(Rounding.sixDecimals(clip.getDurationSeconds()))
        .setFeatures(Feature.toRecord(scores.features()))
        .addAllGenres(genres(scores.genres()))
        .setModel(model)
        .setUncertainty(Feature.toRecord(scores.uncertainty()))
        .setTempoAlternate(scores.tempo().alternateBpm())
        .setTempoConfidence(scores.tempo().confidence())
        .setInputs(InputSummary.toRecord(scores.inputs()))
        .build();
  }

  /**
   * Returns a builder of a track's prediction, with the fields that do not depend on its clips set.
   */
  public Prediction.Builder trackPrediction(String trackId, Extraction extraction) {
    return Prediction.newBuilder()
        .setTrackId(trackId)
        .setExtractionId(extraction.getId())
        .setEventTime(extraction.getEventTime())
        .setR2(r2)
        .setModel(model)
        .setBaseline(baseline);
  }

  /**
   * Returns genres with their probabilities, the most probable first.
   *
   * @param probabilities [G], in the order of the model's genres
   */
  public List<GenreProbability> genres(double[] probabilities) {
    return IntStream.range(0, genreNames.size())
        .mapToObj(
            i ->
                GenreProbability.newBuilder()
                    .setName(genreNames.get(i))
                    .setProbability(Rounding.sixDecimals(probabilities[i]))
                    .build())
        .sorted(Comparator.comparingDouble(GenreProbability::getProbability).reversed())
        .toList();
  }
}
