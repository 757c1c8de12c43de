package dev.reprise.similarity.embedding;

import dev.reprise.similarity.table.StandardScale;
import java.util.Arrays;

/**
 * The standardisation of each dimension: {@code (value - mean) * weight}.
 *
 * @param means [dimension], not copied
 * @param weights [dimension], not copied
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
record DimensionScales(double[] means, double[] weights) {
  /** Returns scales that leave values unchanged. */
  static DimensionScales identity(int dimension) {
    double[] ones = new double[dimension];
    Arrays.fill(ones, 1);
    return new DimensionScales(new double[dimension], ones);
  }

  /** Accumulates means and variances by Welford's algorithm (1962). Not thread-safe. */
  static final class Builder {
    private final double[] means;
    private final double[] squares;
    private int count;

    Builder(int dimension) {
      this.means = new double[dimension];
      this.squares = new double[dimension];
    }

    void add(float[] vector) {
      count++;
      double share = 1.0 / count;
      for (int i = 0; i < means.length; i++) {
        double delta = vector[i] - means[i];
        means[i] += delta * share;
        squares[i] += delta * (vector[i] - means[i]);
      }
    }

    DimensionScales build() {
      double[] weights = new double[means.length];
      for (int i = 0; i < means.length; i++) {
        weights[i] = 1 / StandardScale.of(count, means[i], squares[i] / count);
      }
      return new DimensionScales(means, weights);
    }
  }
}
