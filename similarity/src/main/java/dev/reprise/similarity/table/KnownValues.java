package dev.reprise.similarity.table;

/**
 * One coordinate of a chunk with a fill value where it is missing, so that loops over it have no
 * branches and vectorise. A search reuses the buffers for each coordinate; they fit in the L1
 * cache. Not thread-safe.
 */
final class KnownValues {
  /** [Chunk.ROWS], the filled values. */
  final double[] values = new double[Chunk.ROWS];

  /** [Chunk.ROWS], 1 where a row has the coordinate, else 0. */
  final double[] known = new double[Chunk.ROWS];

  /**
   * Loads a coordinate.
   *
   * @param stored [Chunk.ROWS], NaN where missing
   * @param fillValue finite
   */
  void set(double[] stored, double fillValue) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      double value = stored[row];
      boolean isKnown = !Double.isNaN(value);
      values[row] = isKnown ? value : fillValue;
      known[row] = isKnown ? 1 : 0;
    }
  }

  /** Adds {@code amount} to the sums of the rows that have the coordinate. */
  void addKnown(double amount, double[] sums) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      sums[row] += known[row] * amount;
    }
  }
}
