package dev.reprise.similarity.table;

/** What a column's deviations from its mean are divided by when it is standardised. */
public final class StandardScale {
  private static final double EPSILON = Math.ulp(1.0);

  private StandardScale() {}

  /**
   * The standard deviation, or 1 of a constant column.
   *
   * @param count values that are there
   * @param variance of the population
   */
  public static double of(int count, double mean, double variance) {
    return isConstant(count, mean, variance) ? 1 : Math.sqrt(variance);
  }

  /**
   * Whether all values are equal but for rounding, by the bound of scikit-learn's {@code
   * StandardScaler} ({@code _is_constant_feature}).
   */
  static boolean isConstant(int count, double mean, double variance) {
    double error = count * mean * EPSILON;
    return variance <= count * EPSILON * variance + error * error;
  }
}
