package dev.reprise.similarity.table;

import java.util.Arrays;

/** Scans the chunks of a table with one query. Not thread-safe: each search has its own. */
final class Scan {
  private final ScaledQuery query;
  private final Distance distance;
  private final int queryRow;

  /** [Chunk.ROWS], distances in the current chunk; NaN where a row cannot be compared. */
  private final double[] distances = new double[Chunk.ROWS];

  /** [Chunk.ROWS], the number of columns that each row shares with the query. */
  private final double[] shared = new double[Chunk.ROWS];

  Scan(Metric metric, ScaledQuery query, int queryRow) {
    this.query = query;
    this.distance = Distance.of(metric, query);
    this.queryRow = queryRow;
  }

  /**
   * Offers the rows that can be compared.
   *
   * @return the number of these rows
   */
  int offer(Chunk chunk, int firstRow, KNearest nearest) {
    compare(chunk, firstRow);
    int compared = 0;
    for (int i = 0; i < Chunk.ROWS; i++) {
      nearest.offer(firstRow + i, distances[i]);
      compared += Double.isNaN(distances[i]) ? 0 : 1;
    }
    return compared;
  }

  /**
   * Appends the rows that can be compared to both arrays, from index {@code count} on.
   *
   * @return the new count
   */
  int append(Chunk chunk, int firstRow, int[] rows, double[] values, int count) {
    compare(chunk, firstRow);
    int end = count;
    for (int i = 0; i < Chunk.ROWS; i++) {
      if (!Double.isNaN(distances[i])) {
        rows[end] = firstRow + i;
        values[end++] = distances[i];
      }
    }
    return end;
  }

  /** Fills {@link #distances}, excluding the query's own row. */
  private void compare(Chunk chunk, int firstRow) {
    if (chunk.complete() < chunk.size()) {
      distance.measurePartial(chunk, distances, shared);
      excludeIncomparable(chunk);
    } else if (query.isComparable(query.count(), query.allColumns())) {
      distance.measureComplete(chunk, distances);
    } else {
      Arrays.fill(distances, Double.NaN);
    }
    if (queryRow >= firstRow && queryRow < firstRow + Chunk.ROWS) {
      distances[queryRow - firstRow] = Double.NaN;
    }
  }

  private void excludeIncomparable(Chunk chunk) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      if (!query.isComparable(shared[row], chunk.count(row))) {
        distances[row] = Double.NaN;
      }
    }
  }
}
