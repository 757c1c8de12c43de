package dev.reprise.similarity.table;

/**
 * How the values of a column are spread. Immutable.
 *
 * <p>Parts are computed apart and added as in Chan, Golub and LeVeque (1979), so that a change
 * costs no more than the part that it is in.
 *
 * @param count values that are there
 * @param minimum infinite where there is none
 * @param maximum likewise
 * @param mean 0 where there is none
 * @param squares sum of the squared deviations from the mean
 */
record ColumnStatistics(int count, double minimum, double maximum, double mean, double squares) {
  static final ColumnStatistics NONE =
      new ColumnStatistics(0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, 0);

  /** Of the values that are not NaN. */
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

  ColumnStatistics plus(ColumnStatistics other) {
    if (count == 0) {
      return other;
    }
    if (other.count == 0) {
      return this;
    }
    double all = (double) count + other.count;
    double apart = other.mean - mean;
    return new ColumnStatistics(
        count + other.count,
        Math.min(minimum, other.minimum),
        Math.max(maximum, other.maximum),
        mean + apart * (other.count / all),
        squares + other.squares + apart * apart * count * (other.count / all));
  }

  /** Of the population; 0 of none. */
  double variance() {
    return count == 0 ? 0 : squares / count;
  }

  boolean isConstant() {
    return StandardScale.isConstant(count, mean, variance());
  }
}
