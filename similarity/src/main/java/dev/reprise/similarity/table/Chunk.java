package dev.reprise.similarity.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of {@value #ROWS} rows in column-major order, so that loops over a column vectorise
 * and their sums stay in the L1 cache.
 *
 * <p>Only reads are thread-safe: see {@link VectorTable}.
 */
final class Chunk {
  static final int ROWS = 1_024;

  /** [coordinates][ROWS], NaN where missing. */
  private final double[][] coordinates;

  /** [ROWS], the number of non-missing columns of each row. */
  private final short[] counts = new short[ROWS];

  private final int columnCount;
  private int size;
  private int complete;

  /** Computed lazily; concurrent readers may compute it twice, with equal results. */
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

  /** Returns a row, [coordinates], NaN where missing. */
  double[] values(int row) {
    return Arrays.stream(coordinates).mapToDouble(coordinate -> coordinate[row]).toArray();
  }

  /** Returns the number of non-missing columns of a row, 0 if the row is empty. */
  int count(int row) {
    return counts[row];
  }

  /** Returns the number of non-empty rows. */
  int size() {
    return size;
  }

  /** Returns the number of rows without missing columns. */
  int complete() {
    return complete;
  }

  /**
   * Sets a row, or removes it.
   *
   * @param values [coordinates], NaN where missing
   * @param count the number of non-missing columns; 0 removes the row
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

  /** Returns the statistics, [coordinates], which callers must not modify. */
  ColumnStatistics[] statistics() {
    ColumnStatistics[] known = statistics;
    if (known == null) {
      known = Arrays.stream(coordinates).map(ColumnStatistics::of).toArray(ColumnStatistics[]::new);
      statistics = known;
    }
    return known;
  }
}
