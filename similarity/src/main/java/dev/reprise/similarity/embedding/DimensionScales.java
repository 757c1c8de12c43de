package dev.reprise.similarity.embedding;

import dev.reprise.similarity.table.StandardScale;
import java.util.Arrays;

/**
 * What each dimension is standardised by: {@code (value - mean) * weight}.
 *
 * @param means [dimension], handed over
 * @param weights [dimension], handed over
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
record DimensionScales(double[] means, double[] weights) {
  /** Leaves values as they are. */
  static DimensionScales none(int dimension) {
    double[] ones = new double[dimension];
    Arrays.fill(ones, 1);
    return new DimensionScales(new double[dimension], ones);
  }

  /** Adds vectors up as Welford (1962). Not thread-safe. */
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
      double part = 1.0 / count;
      for (int i = 0; i < means.length; i++) {
        double before = vector[i] - means[i];
        means[i] += before * part;
        squares[i] += before * (vector[i] - means[i]);
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
