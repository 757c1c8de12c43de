package dev.reprise.similarity.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Reference implementation of {@link VectorTable} with a linear tempo, pair by pair. */
final class NaiveTable {
  final Map<Integer, double[]> rows = new TreeMap<>();

  /** Returns all rows that can be compared, nearest first. */
  List<Match> nearest(int row, Metric metric) {
    List<Match> matches = new ArrayList<>();
    double[] own = Objects.requireNonNull(rows.get(row));
    rows.forEach(
        (other, values) -> {
          double distance = other == row ? Double.NaN : distance(own, values, metric);
          if (!Double.isNaN(distance)) {
            matches.add(new Match(other, distance));
          }
        });
    matches.sort(Comparator.comparingDouble(Match::distance));
    return matches;
  }

  private double distance(double[] a, double[] b, Metric metric) {
    int shared = 0;
    int either = 0;
    double squares = 0;
    double product = 0;
    double aSquares = 0;
    double bSquares = 0;
    for (int i = 0; i < a.length; i++) {
      either += Double.isNaN(a[i]) && Double.isNaN(b[i]) ? 0 : 1;
      if (!Double.isNaN(a[i]) && !Double.isNaN(b[i])) {
        shared++;
        double mean = metric.isStandardised() ? mean(i) : 0;
        double scale = metric.isStandardised() ? deviation(i) : 1;
        double x = (a[i] - mean) / scale;
        double y = (b[i] - mean) / scale;
        squares += (x - y) * (x - y);
        product += x * y;
        aSquares += x * x;
        bSquares += y * y;
      }
    }
    if (shared == 0 || 2 * shared < either) {
      return Double.NaN;
    }
    if (!metric.isCosine()) {
      return Math.sqrt(squares * a.length / shared);
    }
    double lengths = Math.sqrt(aSquares * bSquares);
    return lengths == 0 ? 1 : 1 - product / lengths;
  }

  private double mean(int column) {
    return rows.values().stream()
        .mapToDouble(it -> it[column])
        .filter(it -> !Double.isNaN(it))
        .average()
        .orElse(0);
  }

  private double deviation(int column) {
    double mean = mean(column);
    double variance =
        rows.values().stream()
            .mapToDouble(it -> it[column])
            .filter(it -> !Double.isNaN(it))
            .map(it -> (it - mean) * (it - mean))
            .average()
            .orElse(0);
    return variance == 0 ? 1 : Math.sqrt(variance);
  }
}
