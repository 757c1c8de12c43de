package dev.reprise.inference.scoring;

import dev.reprise.contract.Feature;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.Rounding;
import dev.reprise.inference.model.ModelOutput;

/**
 * The scores of one clip as they are published: a {@link ModelOutput}, checked to be finite and
 * rounded to 1e-6, so that a track's statistics can be derived from the records of its clips. The
 * embedding is published in the track's record only.
 *
 * @param features [8], in the order of {@link Feature}
 * @param uncertainty [8], in the same order and units
 * @param genres [G], probabilities
 * @param embedding [E], as long as the model's output
 * @param inputs [5], computed by {@link InputSummary}
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied, never compared.
public record ClipScores(
    double[] features,
    double[] uncertainty,
    TempoEstimate tempo,
    double[] genres,
    double[] embedding,
    double[] inputs) {

  /**
   * Validates and rounds the model's output for a clip.
   *
   * @param inputs [5], of the same clip
   * @throws RejectedException if a value is not finite or out of range
   */
  static ClipScores of(ModelOutput output, double[] inputs) throws RejectedException {
    double[] features = rounded("features", output.features(), Double.NEGATIVE_INFINITY);
    double alternate = rounded("tempo_alternate", output.tempoAlternate(), 1e-6);
    double confidence = rounded("tempo_confidence", output.tempoConfidence(), 0);
    if (confidence > 1) {
      throw invalid("tempo_confidence", confidence);
    }
    return new ClipScores(
        features,
        rounded("uncertainty", output.uncertainty(), 0),
        new TempoEstimate(features[Feature.TEMPO.ordinal()], alternate, confidence),
        rounded("genre", output.genres(), Double.NEGATIVE_INFINITY),
        rounded("embedding", output.embedding(), Double.NEGATIVE_INFINITY),
        inputs);
  }

  private static double[] rounded(String name, float[] values, double min)
      throws RejectedException {
    double[] rounded = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = rounded(name, values[i], min);
    }
    return rounded;
  }

  private static double rounded(String name, float value, double min) throws RejectedException {
    double rounded = Rounding.sixDecimals(value);
    if (!Double.isFinite(rounded) || rounded < min) {
      throw invalid(name, value);
    }
    return rounded;
  }

  private static RejectedException invalid(String name, double value) {
    return new RejectedException(
        Reason.SCORING_FAILED, "The model gave %s for %s of this clip.".formatted(value, name));
  }
}
