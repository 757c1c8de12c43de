package dev.reprise.similarity.table;

import java.util.Arrays;

/** Goes through the chunks of a table with one query. Not thread-safe: one search has its own. */
final class Scan {
  private final ScaledQuery query;
  private final Distance distance;
  private final int queryRow;

  /** [Chunk.ROWS], of the chunk at hand; NaN where a row could not be compared. */
  private final double[] distances = new double[Chunk.ROWS];

  /** [Chunk.ROWS], how many columns each has in common with the query. */
  private final double[] shared = new double[Chunk.ROWS];

  Scan(Metric metric, ScaledQuery query, int queryRow) {
    this.query = query;
    this.distance = Distance.of(metric, query);
    this.queryRow = queryRow;
  }

  /**
   * Offers what could be compared.
   *
   * @return how many rows those were
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
   * Appends what could be compared to both arrays from {@code count} on.
   *
   * @return how many there are then
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

  /** Fills {@link #distances}; the query's own row is not compared with itself. */
  private void compare(Chunk chunk, int firstRow) {
    if (chunk.complete() < chunk.size()) {
      distance.toAny(chunk, distances, shared);
      leaveOutIncomparable(chunk);
    } else if (query.isComparable(query.count(), query.allColumns())) {
      distance.toComplete(chunk, distances);
    } else {
      Arrays.fill(distances, Double.NaN);
    }
    if (queryRow >= firstRow && queryRow < firstRow + Chunk.ROWS) {
      distances[queryRow - firstRow] = Double.NaN;
    }
  }

  private void leaveOutIncomparable(Chunk chunk) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      if (!query.isComparable(shared[row], chunk.count(row))) {
        distances[row] = Double.NaN;
      }
    }
  }
}
