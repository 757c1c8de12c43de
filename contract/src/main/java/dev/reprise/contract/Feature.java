package dev.reprise.contract;

import dev.reprise.contract.v1.AudioFeatures;
import java.util.Locale;

/** The eight Echo Nest audio features, in the order of the model's output. */
public enum Feature {
  ACOUSTICNESS(0, 1),
  DANCEABILITY(0, 1),
  ENERGY(0, 1),
  INSTRUMENTALNESS(0, 1),
  LIVENESS(0, 1),
  SPEECHINESS(0, 1),
  TEMPO(30, 300),
  VALENCE(0, 1);

  private final double minimum;
  private final double maximum;

  Feature(double minimum, double maximum) {
    this.minimum = minimum;
    this.maximum = maximum;
  }

  /** Returns the name in records, metrics and Echo Nest's table, such as {@code acousticness}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the lower bound of a prediction, in the feature's unit. */
  public double minimum() {
    return minimum;
  }

  /** Returns the upper bound of a prediction, in the feature's unit. */
  public double maximum() {
    return maximum;
  }

  /**
   * Packs values into a record, rounded to 1e-6: finer digits are numerical noise and differ
   * between batch sizes and processors.
   *
   * @param values [8], in the order of this enum, each in its feature's unit
   */
  public static AudioFeatures toRecord(double[] values) {
    if (values.length != Feature.values().length) {
      throw new IllegalArgumentException("There are 8 features, not " + values.length + ".");
    }
    AudioFeatures.Builder builder = AudioFeatures.newBuilder();
    for (Feature feature : Feature.values()) {
      builder.setField(
          AudioFeatures.getDescriptor().findFieldByName(feature.label()),
          Rounding.sixDecimals(values[feature.ordinal()]));
    }
    return builder.build();
  }
}
