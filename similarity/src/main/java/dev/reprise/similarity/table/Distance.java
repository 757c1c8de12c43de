package dev.reprise.similarity.table;

/**
 * Computes the distances from a query to the rows of a chunk. Both methods sum in the same order,
 * so that equal vectors have equal distances by either. Not thread-safe: each search has its own.
 */
sealed interface Distance permits EuclideanDistance, CosineDistance, GreatCircleDistance {
  /**
   * Computes distances over all coordinates that the query has.
   *
   * @param distances [Chunk.ROWS], overwritten; NaN where a row lacks one of them
   */
  void measureComplete(Chunk chunk, double[] distances);

  /**
   * Computes distances over the columns that both a row and the query have, which takes twice as
   * long.
   *
   * @param distances [Chunk.ROWS], overwritten; NaN where undefined, arbitrary where no columns are
   *     shared
   * @param shared [Chunk.ROWS], overwritten; the number of shared columns
   */
  void measurePartial(Chunk chunk, double[] distances, double[] shared);

  static Distance of(Metric metric, ScaledQuery query) {
    return switch (metric) {
      case EUCLIDEAN, STANDARDISED_EUCLIDEAN -> new EuclideanDistance(query);
      case COSINE, STANDARDISED_COSINE -> new CosineDistance(query);
      case GREAT_CIRCLE -> new GreatCircleDistance(query);
    };
  }
}
