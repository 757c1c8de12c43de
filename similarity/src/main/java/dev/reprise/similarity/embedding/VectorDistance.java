package dev.reprise.similarity.embedding;

import dev.reprise.similarity.table.Metric;

/** Computes the distance from one vector to others, in double precision. Immutable. */
final class VectorDistance {
  private final boolean isCosine;
  private final DimensionScales scales;
  private final float[] query;

  /** [dimension], the standardised query. */
  private final double[] scaled;

  private final double length;

  /**
   * @param query [dimension], not copied
   * @param scales {@link DimensionScales#identity} if the metric is not standardised
   */
  VectorDistance(Metric metric, float[] query, DimensionScales scales) {
    this.isCosine = metric.isCosine();
    this.scales = scales;
    this.query = query;
    this.scaled = new double[query.length];
    double squares = 0;
    for (int i = 0; i < query.length; i++) {
      scaled[i] = (query[i] - scales.means()[i]) * scales.weights()[i];
      squares += scaled[i] * scaled[i];
    }
    this.length = Math.sqrt(squares);
  }

  double to(float[] vector) {
    return isCosine ? cosine(vector) : euclidean(vector);
  }

  private double euclidean(float[] vector) {
    double[] weights = scales.weights();
    double even = 0;
    double odd = 0;
    int i = 0;
    // Two accumulators, so that the additions do not depend on each other.
    for (; i + 1 < vector.length; i += 2) {
      double first = ((double) vector[i] - query[i]) * weights[i];
      double second = ((double) vector[i + 1] - query[i + 1]) * weights[i + 1];
      even += first * first;
      odd += second * second;
    }
    if (i < vector.length) {
      double last = ((double) vector[i] - query[i]) * weights[i];
      even += last * last;
    }
    return Math.sqrt(even + odd);
  }

  private double cosine(float[] vector) {
    double[] means = scales.means();
    double[] weights = scales.weights();
    double product = 0;
    double squares = 0;
    for (int i = 0; i < vector.length; i++) {
      double value = (vector[i] - means[i]) * weights[i];
      product += value * scaled[i];
      squares += value * value;
    }
    double lengths = Math.sqrt(squares) * length;
    // As in scikit-learn, the similarity to a vector of zeros is 0.
    double similarity = lengths == 0 ? 0 : product / lengths;
    return 1 - Math.max(-1, Math.min(1, similarity));
  }
}
