package dev.reprise.similarity.table;

import java.util.function.IntFunction;

/**
 * The distances of a query to all rows that could be compared with it.
 *
 * @param rows ascending; handed over
 * @param values of the same length, in the metric's unit; handed over
 */
@SuppressWarnings("ArrayRecordComponent") // as long as the catalogue: not copied, nor compared
public record Distances(int[] rows, double[] values) {
  public Distances {
    if (rows.length != values.length) {
      throw new IllegalArgumentException(rows.length + " rows, " + values.length + " distances.");
    }
  }

  public int size() {
    return rows.length;
  }

  /**
   * @param k 1 and up
   * @param ids of the rows
   */
  public Nearest nearest(int k, IntFunction<String> ids) {
    KNearest nearest = new KNearest(k, ids);
    for (int i = 0; i < rows.length; i++) {
      nearest.offer(rows[i], values[i]);
    }
    return new Nearest(nearest.matches(), rows.length);
  }
}
