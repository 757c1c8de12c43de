package dev.reprise.similarity.table;

/** Computes the divisor that standardises a column. */
public final class StandardScale {
  private static final double EPSILON = Math.ulp(1.0);

  private StandardScale() {}

  /**
   * Returns the standard deviation, or 1 for a constant column.
   *
   * @param count the number of non-missing values
   * @param variance the population variance
   */
  public static double of(int count, double mean, double variance) {
    return isConstant(count, mean, variance) ? 1 : Math.sqrt(variance);
  }

  /**
   * Returns whether all values are equal up to rounding, by the bound of scikit-learn's {@code
   * StandardScaler} ({@code _is_constant_feature}).
   */
  static boolean isConstant(int count, double mean, double variance) {
    double error = count * mean * EPSILON;
    return variance <= count * EPSILON * variance + error * error;
  }
}
