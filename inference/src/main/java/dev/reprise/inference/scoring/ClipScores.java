package dev.reprise.inference.scoring;

import dev.reprise.contract.Feature;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.Rounding;
import dev.reprise.inference.model.Scores;

/**
 * What the model says of one clip, as it is published: finite and rounded to 1e-6, so that what a
 * track is made of is what its clips' records say. The embedding goes into the track's record only.
 *
 * @param features [8], in the order of {@link Feature}
 * @param uncertainty [8], in the same order and units
 * @param genres [G], probabilities
 * @param embedding [E], the model's E
 * @param inputs [5], as {@link InputSummary} gives them
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
public record ClipScores(
    double[] features,
    double[] uncertainty,
    TempoEstimate tempo,
    double[] genres,
    double[] embedding,
    double[] inputs) {

  /**
   * @param inputs [5], of the same clip
   * @throws RejectedException if a value is one that may not be published
   */
  static ClipScores of(Scores scores, double[] inputs) throws RejectedException {
    double[] features = rounded("features", scores.features(), Double.NEGATIVE_INFINITY);
    double alternate = rounded("tempo_alternate", scores.tempoAlternate(), 1e-6);
    double confidence = rounded("tempo_confidence", scores.tempoConfidence(), 0);
    if (confidence > 1) {
      throw wrong("tempo_confidence", confidence);
    }
    return new ClipScores(
        features,
        rounded("uncertainty", scores.uncertainty(), 0),
        new TempoEstimate(features[Feature.TEMPO.ordinal()], alternate, confidence),
        rounded("genre", scores.genres(), Double.NEGATIVE_INFINITY),
        rounded("embedding", scores.embedding(), Double.NEGATIVE_INFINITY),
        inputs);
  }

  private static double[] rounded(String output, float[] values, double min)
      throws RejectedException {
    double[] rounded = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = rounded(output, values[i], min);
    }
    return rounded;
  }

  private static double rounded(String output, float value, double min) throws RejectedException {
    double rounded = Rounding.sixDecimals(value);
    if (!Double.isFinite(rounded) || rounded < min) {
      throw wrong(output, value);
    }
    return rounded;
  }

  private static RejectedException wrong(String output, double value) {
    return new RejectedException(
        Reason.SCORING_FAILED, "The model gave %s for %s of this clip.".formatted(value, output));
  }
}
