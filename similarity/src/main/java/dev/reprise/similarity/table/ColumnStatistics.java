package dev.reprise.similarity.table;

/**
 * Summary statistics of a column. Immutable.
 *
 * <p>Parts are computed separately and combined as in Chan, Golub and LeVeque (1979), so that a
 * change costs only the recomputation of its part.
 *
 * @param count the number of non-missing values
 * @param minimum positive infinity if there are none
 * @param maximum negative infinity if there are none
 * @param mean 0 if there are none
 * @param squares the sum of the squared deviations from the mean
 */
record ColumnStatistics(int count, double minimum, double maximum, double mean, double squares) {
  static final ColumnStatistics NONE =
      new ColumnStatistics(0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, 0);

  /** Computes the statistics of the values that are not NaN. */
  static ColumnStatistics of(double[] values) {
    int count = 0;
    double minimum = NONE.minimum;
    double maximum = NONE.maximum;
    double sum = 0;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        count++;
        minimum = Math.min(minimum, value);
        maximum = Math.max(maximum, value);
        sum += value;
      }
    }
    if (count == 0) {
      return NONE;
    }
    double mean = sum / count;
    return new ColumnStatistics(count, minimum, maximum, mean, squares(values, mean));
  }

  private static double squares(double[] values, double mean) {
    double squares = 0;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        squares += (value - mean) * (value - mean);
      }
    }
    return squares;
  }

  /** Combines the statistics of two parts. */
  ColumnStatistics plus(ColumnStatistics other) {
    if (count == 0) {
      return other;
    }
    if (other.count == 0) {
      return this;
    }
    double total = (double) count + other.count;
    double delta = other.mean - mean;
    return new ColumnStatistics(
        count + other.count,
        Math.min(minimum, other.minimum),
        Math.max(maximum, other.maximum),
        mean + delta * (other.count / total),
        squares + other.squares + delta * delta * count * (other.count / total));
  }

  /** Returns the population variance, 0 if there are no values. */
  double variance() {
    return count == 0 ? 0 : squares / count;
  }

  boolean isConstant() {
    return StandardScale.isConstant(count, mean, variance());
  }
}
