package dev.reprise.similarity.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of {@value #ROWS} rows, column by column, so that a loop over one column vectorises
 * and what it adds up stays in the processor's first cache.
 *
 * <p>Not thread-safe but for reading: see {@link VectorTable}.
 */
final class Chunk {
  static final int ROWS = 1_024;

  /** [coordinates][ROWS], NaN where missing. */
  private final double[][] coordinates;

  /** [ROWS], how many columns a row has. */
  private final short[] counts = new short[ROWS];

  private final int columnCount;
  private int size;
  private int complete;

  /** Computed when asked for, by whichever reader is first; two may do so, with equal results. */
  private volatile ColumnStatistics @Nullable [] statistics;

  Chunk(int columnCount, int coordinateCount) {
    this.columnCount = columnCount;
    coordinates = new double[coordinateCount][ROWS];
    for (double[] coordinate : coordinates) {
      Arrays.fill(coordinate, Double.NaN);
    }
  }

  double[] coordinate(int index) {
    return coordinates[index];
  }

  double value(int coordinate, int row) {
    return coordinates[coordinate][row];
  }

  /** [coordinates] of a row, NaN where missing. */
  double[] values(int row) {
    return Arrays.stream(coordinates).mapToDouble(coordinate -> coordinate[row]).toArray();
  }

  /** How many columns a row has, 0 where it is not there. */
  int count(int row) {
    return counts[row];
  }

  /** Rows that are there. */
  int size() {
    return size;
  }

  /** Rows that lack no column. */
  int complete() {
    return complete;
  }

  /**
   * @param values [coordinates]
   * @param count columns that are there; 0 takes the row away
   */
  void set(int row, double[] values, int count) {
    for (int i = 0; i < coordinates.length; i++) {
      coordinates[i][row] = values[i];
    }
    size += Integer.signum(count) - Integer.signum(counts[row]);
    complete += (count == columnCount ? 1 : 0) - (counts[row] == columnCount ? 1 : 0);
    counts[row] = (short) count;
    statistics = null;
  }

  /** [coordinates], not to be changed. */
  ColumnStatistics[] statistics() {
    ColumnStatistics[] known = statistics;
    if (known == null) {
      known = Arrays.stream(coordinates).map(ColumnStatistics::of).toArray(ColumnStatistics[]::new);
      statistics = known;
    }
    return known;
  }
}
