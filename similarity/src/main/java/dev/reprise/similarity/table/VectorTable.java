package dev.reprise.similarity.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of one group of columns, by row, any value of which may be missing. The tables of
 * several groups share row numbers; a part of {@value Chunk#ROWS} rows that has nothing in a group
 * takes no memory in its table.
 *
 * <p>A search compares the query with every row, over the columns that both have, if these are at
 * least half of the columns that either has. It is exact: 8 columns of a million rows are 64 MB,
 * which a processor reads in few milliseconds.
 *
 * <p>Not thread-safe but for reading: {@link #put} and {@link #remove} must run alone, everything
 * else may run side by side. Whoever has several tables locks them together; a write takes
 * microseconds.
 */
public final class VectorTable {
  private final Layout layout;
  private final List<@Nullable Chunk> chunks = new ArrayList<>();

  /** [coordinates], null when a row has changed since. */
  private volatile ColumnStatistics @Nullable [] statistics;

  private int size;
  private int complete;

  /**
   * @param columns their names; one called {@code tempo} can be compared on a circle
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

  /** Rows that have anything. */
  public int size() {
    return size;
  }

  /** Rows that lack no column. */
  public int complete() {
    return complete;
  }

  /**
   * Sets a row, or takes it away if all is missing.
   *
   * @param values [columns] finite, squares too; NaN where missing; a tempo of 0 or less is missing
   */
  public void put(int row, double[] values) {
    if (values.length != columns().size()) {
      throw new IllegalArgumentException(
          values.length + " values, " + columns().size() + " columns.");
    }
    double[] stored = layout.stored(values);
    set(row, stored, layout.count(stored));
  }

  public void remove(int row) {
    if (has(row)) {
      set(row, layout.nothing(), 0);
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

  /** NaN where missing. */
  public double value(int row, int column) {
    Chunk chunk = chunkOf(row);
    return chunk == null ? Double.NaN : chunk.value(column, row % Chunk.ROWS);
  }

  /** [columns], NaN where missing. */
  public double[] values(int row) {
    Chunk chunk = chunkOf(row);
    double[] stored = chunk == null ? layout.nothing() : chunk.values(row % Chunk.ROWS);
    return Arrays.copyOf(stored, columns().size());
  }

  /** How many columns both rows have. */
  public int shared(int row, int other) {
    double[] ours = values(row);
    double[] theirs = values(other);
    return (int)
        IntStream.range(0, ours.length)
            .filter(it -> !Double.isNaN(ours[it]) && !Double.isNaN(theirs[it]))
            .count();
  }

  /**
   * The rows nearest to a row, without itself.
   *
   * @param row one that has something
   * @param k 1 and up
   * @param ids of the rows, by which those that are equally near are ordered
   */
  public Nearest nearest(int row, Metric metric, Tempo tempo, int k, IntFunction<String> ids) {
    Scan scan = scan(row, metric, tempo);
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
   * The distances of a row to all others that can be compared with it.
   *
   * @param row one that has something
   */
  public Distances distances(int row, Metric metric, Tempo tempo) {
    Scan scan = scan(row, metric, tempo);
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

  private Scan scan(int row, Metric metric, Tempo tempo) {
    Chunk chunk = chunkOf(row);
    if (chunk == null || !has(row)) {
      throw new IllegalArgumentException("Row " + row + " has nothing.");
    }
    double[] stored = chunk.values(row % Chunk.ROWS);
    ScaledQuery query = new Scaling(layout, statistics()).query(stored, metric, tempo);
    return new Scan(metric, query, row);
  }

  /** How the columns are scaled over all rows, those columns that any row has. */
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
