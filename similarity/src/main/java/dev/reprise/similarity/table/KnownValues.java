package dev.reprise.similarity.table;

/**
 * One coordinate of a chunk with a stand-in where it is missing, so that loops over it have no
 * branches and vectorise: memory that a search uses again for each coordinate, small enough for the
 * processor's first cache. Not thread-safe.
 */
final class KnownValues {
  /** [Chunk.ROWS]. */
  final double[] values = new double[Chunk.ROWS];

  /** [Chunk.ROWS], 1 where a row has the coordinate and 0 where it lacks it. */
  final double[] known = new double[Chunk.ROWS];

  /**
   * @param stored [Chunk.ROWS], NaN where missing
   * @param standIn finite
   */
  void set(double[] stored, double standIn) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      double value = stored[row];
      boolean isKnown = !Double.isNaN(value);
      values[row] = isKnown ? value : standIn;
      known[row] = isKnown ? 1 : 0;
    }
  }

  /** Adds {@code times} to the sums of the rows that have the coordinate. */
  void addKnown(double times, double[] sums) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      sums[row] += known[row] * times;
    }
  }
}
