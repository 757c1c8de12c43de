package dev.reprise.similarity.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table of the vectors of one group of columns, by row; any value may be missing. The tables of
 * several groups share row numbers; a chunk of {@value Chunk#ROWS} rows that are all empty in a
 * group takes no memory in its table.
 *
 * <p>A search compares the query with every row, over the columns that both have, if these are at
 * least half of the columns that either has. It is exact: 8 columns of a million rows are 64 MB,
 * which a processor reads in a few milliseconds.
 *
 * <p>Only reads are thread-safe: {@link #put} and {@link #remove} need exclusive access, all other
 * methods may run concurrently. The owner of several tables locks them together; a write takes
 * microseconds.
 */
public final class VectorTable {
  private final Layout layout;
  private final List<@Nullable Chunk> chunks = new ArrayList<>();

  /** [coordinates], null if a row has changed since they were computed. */
  private volatile ColumnStatistics @Nullable [] statistics;

  private int size;
  private int complete;

  /**
   * @param columns the names of the columns; one named {@code tempo} can be compared on a circle
   */
  public VectorTable(List<String> columns) {
    this.layout = new Layout(columns);
  }

  public List<String> columns() {
    return layout.columns();
  }

  public boolean hasTempo() {
    return layout.hasTempo();
  }

  /** Returns the number of non-empty rows. */
  public int size() {
    return size;
  }

  /** Returns the number of rows without missing columns. */
  public int complete() {
    return complete;
  }

  /**
   * Sets a row, or removes it if all values are missing.
   *
   * @param values [columns], finite with finite squares, NaN where missing; a tempo of 0 or less is
   *     missing
   */
  public void put(int row, double[] values) {
    if (values.length != columns().size()) {
      throw new IllegalArgumentException(
          values.length + " values, " + columns().size() + " columns.");
    }
    double[] stored = layout.toStored(values);
    set(row, stored, layout.countColumns(stored));
  }

  public void remove(int row) {
    if (has(row)) {
      set(row, layout.emptyRow(), 0);
    }
  }

  private void set(int row, double[] stored, int count) {
    int index = row / Chunk.ROWS;
    while (chunks.size() <= index) {
      chunks.add(null);
    }
    Chunk chunk = chunks.get(index);
    if (chunk == null) {
      chunk = new Chunk(columns().size(), layout.coordinateCount());
      chunks.set(index, chunk);
    }
    size -= chunk.size();
    complete -= chunk.complete();
    chunk.set(row % Chunk.ROWS, stored, count);
    size += chunk.size();
    complete += chunk.complete();
    if (chunk.size() == 0) {
      chunks.set(index, null);
    }
    statistics = null;
  }

  private @Nullable Chunk chunkOf(int row) {
    int index = row / Chunk.ROWS;
    return index < chunks.size() ? chunks.get(index) : null;
  }

  public boolean has(int row) {
    Chunk chunk = chunkOf(row);
    return chunk != null && chunk.count(row % Chunk.ROWS) > 0;
  }

  /** Returns a value, NaN if it is missing. */
  public double value(int row, int column) {
    Chunk chunk = chunkOf(row);
    return chunk == null ? Double.NaN : chunk.value(column, row % Chunk.ROWS);
  }

  /** Returns a row, [columns], NaN where missing. */
  public double[] values(int row) {
    Chunk chunk = chunkOf(row);
    double[] stored = chunk == null ? layout.emptyRow() : chunk.values(row % Chunk.ROWS);
    return Arrays.copyOf(stored, columns().size());
  }

  /** Counts the columns that both rows have. */
  public int shared(int row, int other) {
    double[] ours = values(row);
    double[] theirs = values(other);
    return (int)
        IntStream.range(0, ours.length)
            .filter(it -> !Double.isNaN(ours[it]) && !Double.isNaN(theirs[it]))
            .count();
  }

  /**
   * Finds the rows nearest to a row, excluding the row itself.
   *
   * @param row a non-empty row
   * @param k 1 and up
   * @param ids the track ids by row, by which ties are ordered
   */
  public Nearest nearest(int row, Metric metric, Tempo tempo, int k, IntFunction<String> ids) {
    Scan scan = createScan(row, metric, tempo);
    KNearest nearest = new KNearest(k, ids);
    int compared = 0;
    for (int index = 0; index < chunks.size(); index++) {
      Chunk chunk = chunks.get(index);
      if (chunk != null) {
        compared += scan.offer(chunk, index * Chunk.ROWS, nearest);
      }
    }
    return new Nearest(nearest.matches(), compared);
  }

  /**
   * Computes the distances from a row to all others that can be compared with it.
   *
   * @param row a non-empty row
   */
  public Distances distances(int row, Metric metric, Tempo tempo) {
    Scan scan = createScan(row, metric, tempo);
    int[] rows = new int[size];
    double[] distances = new double[size];
    int count = 0;
    for (int index = 0; index < chunks.size(); index++) {
      Chunk chunk = chunks.get(index);
      if (chunk != null) {
        count = scan.append(chunk, index * Chunk.ROWS, rows, distances, count);
      }
    }
    return new Distances(Arrays.copyOf(rows, count), Arrays.copyOf(distances, count));
  }

  private Scan createScan(int row, Metric metric, Tempo tempo) {
    Chunk chunk = chunkOf(row);
    if (chunk == null || !has(row)) {
      throw new IllegalArgumentException("Row " + row + " is empty.");
    }
    double[] stored = chunk.values(row % Chunk.ROWS);
    ScaledQuery query = new Scaling(layout, statistics()).createQuery(stored, metric, tempo);
    return new Scan(metric, query, row);
  }

  /** Returns the scale over all rows of each column that any row has. */
  public List<ColumnScale> scales(Tempo tempo) {
    return new Scaling(layout, statistics()).columnScales(tempo);
  }

  private ColumnStatistics[] statistics() {
    ColumnStatistics[] known = statistics;
    if (known == null) {
      known = new ColumnStatistics[layout.coordinateCount()];
      Arrays.fill(known, ColumnStatistics.NONE);
      for (Chunk chunk : chunks) {
        if (chunk != null) {
          add(known, chunk.statistics());
        }
      }
      statistics = known;
    }
    return known;
  }

  private static void add(ColumnStatistics[] sums, ColumnStatistics[] part) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = sums[i].plus(part[i]);
    }
  }
}
