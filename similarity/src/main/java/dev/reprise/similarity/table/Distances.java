package dev.reprise.similarity.table;

import java.util.function.IntFunction;

/**
 * The distances from a query to all rows that could be compared with it.
 *
 * @param rows ascending; not copied
 * @param values [rows], in the metric's unit; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // one value per track: neither copied nor compared
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
   * Selects the nearest rows.
   *
   * @param k 1 and up
   * @param ids the track ids by row, by which ties are ordered
   */
  public Nearest nearest(int k, IntFunction<String> ids) {
    KNearest nearest = new KNearest(k, ids);
    for (int i = 0; i < rows.length; i++) {
      nearest.offer(rows[i], values[i]);
    }
    return new Nearest(nearest.matches(), rows.length);
  }
}
