package dev.reprise.similarity.table;

/**
 * How far the rows of a chunk lie from a query. Both methods add up in the same order, so that
 * equal vectors have equal distances whichever of them is used. Not thread-safe: one search has its
 * own.
 */
sealed interface Distance permits EuclideanDistance, CosineDistance, GreatCircleDistance {
  /**
   * Over all coordinates that the query has.
   *
   * @param distances [Chunk.ROWS], overwritten; NaN where a row lacks one of them
   */
  void toComplete(Chunk chunk, double[] distances);

  /**
   * Over the columns that a row and the query have, which takes twice as long.
   *
   * @param distances [Chunk.ROWS], overwritten; NaN where that says nothing
   * @param shared [Chunk.ROWS], overwritten; how many columns those are, of which 0 make any
   *     distance
   */
  void toAny(Chunk chunk, double[] distances, double[] shared);

  static Distance of(Metric metric, ScaledQuery query) {
    return switch (metric) {
      case EUCLIDEAN, STANDARDISED_EUCLIDEAN -> new EuclideanDistance(query);
      case COSINE, STANDARDISED_COSINE -> new CosineDistance(query);
      case GREAT_CIRCLE -> new GreatCircleDistance(query);
    };
  }
}
