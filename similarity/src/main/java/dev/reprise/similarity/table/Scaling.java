package dev.reprise.similarity.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scales a table's columns as scikit-learn's {@code StandardScaler} does: by the mean and the
 * population standard deviation of the non-missing values, or by 1 if these are constant. Both
 * coordinates of a circular tempo have the same scale, so that the circle remains a circle.
 * Immutable.
 */
final class Scaling {
  private final Layout layout;
  private final ColumnStatistics[] statistics;

  /**
   * @param statistics [coordinates], not copied
   */
  Scaling(Layout layout, ColumnStatistics[] statistics) {
    this.layout = layout;
    this.statistics = statistics;
  }

  /** Creates the query of the stored vector {@code values}, over the coordinates that it has. */
  ScaledQuery createQuery(double[] values, Metric metric, Tempo tempo) {
    List<Coordinate> coordinates = new ArrayList<>();
    for (int column = 0; column < layout.columns().size(); column++) {
      if (!Double.isNaN(values[column])) {
        int columns = 1;
        for (int index : layout.coordinates(column, tempo)) {
          boolean isScaled = metric.isStandardised();
          double mean = isScaled ? statistics[index].mean() : 0;
          double weight = isScaled ? 1 / scale(column, tempo) : 1;
          coordinates.add(new Coordinate(index, columns, values[index], mean, weight));
          columns = 0;
        }
      }
    }
    return new ScaledQuery(coordinates, layout.columns().size());
  }

  private double scale(int column, Tempo tempo) {
    boolean isConstant =
        Arrays.stream(layout.coordinates(column, tempo))
            .allMatch(it -> statistics[it].isConstant());
    return isConstant ? 1 : Math.sqrt(variance(column, tempo));
  }

  private double variance(int column, Tempo tempo) {
    return Arrays.stream(layout.coordinates(column, tempo))
        .mapToDouble(it -> statistics[it].variance())
        .sum();
  }

  /** Returns the scales of the columns that any row has. */
  List<ColumnScale> columnScales(Tempo tempo) {
    int[] columns =
        IntStream.range(0, layout.columns().size())
            .filter(column -> statistics[column].count() > 0)
            .toArray();
    double total = Arrays.stream(columns).mapToDouble(column -> variance(column, tempo)).sum();
    return Arrays.stream(columns)
        .mapToObj(column -> columnScale(column, total == 0 ? 0 : variance(column, tempo) / total))
        .toList();
  }

  private ColumnScale columnScale(int column, double share) {
    ColumnStatistics known = statistics[column];
    return new ColumnScale(
        layout.columns().get(column),
        known.count(),
        known.minimum(),
        known.maximum(),
        known.mean(),
        Math.sqrt(known.variance()),
        share);
  }
}
