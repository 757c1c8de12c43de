package dev.reprise.api.similarity;

/**
 * How far rows lie from a query. Both methods add up in the same order, so that equal vectors have
 * equal distances whichever of them is used. Not thread-safe: one search has its own.
 */
sealed interface Distance permits EuclideanDistance, CosineDistance, GreatCircleDistance {
  /**
   * Of all rows over all coordinates that the query has.
   *
   * @param distances [Chunk.ROWS], overwritten; NaN where a row lacks one of them
   */
  void toChunk(Chunk chunk, double[] distances);

  /**
   * Of one row over the columns that both have.
   *
   * @param shared how many those are, 1 and up
   * @return NaN where that says nothing
   */
  double toRow(Chunk chunk, int row, int shared);

  static Distance of(Metric metric, Query query) {
    return switch (metric) {
      case EUCLIDEAN, STANDARDISED_EUCLIDEAN -> new EuclideanDistance(query);
      case COSINE, STANDARDISED_COSINE -> new CosineDistance(query);
      case GREAT_CIRCLE -> new GreatCircleDistance(query);
    };
  }
}
