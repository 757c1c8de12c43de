package dev.reprise.similarity.table;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the columns of a table lie. Each column is one coordinate of the stored vectors; a tempo
 * has two more behind the columns, its place on the circle, which take its place when it is
 * compared so. Immutable.
 */
record Layout(List<String> columns) {
  private static final String TEMPO = "tempo";

  Layout {
    columns = List.copyOf(columns);
    if (columns.isEmpty() || columns.size() > Short.MAX_VALUE) {
      throw new IllegalArgumentException("A table of " + columns.size() + " columns.");
    }
  }

  private int tempo() {
    return columns.indexOf(TEMPO);
  }

  boolean hasTempo() {
    return tempo() >= 0;
  }

  int coordinateCount() {
    return columns.size() + (hasTempo() ? 2 : 0);
  }

  /**
   * The coordinates that a column is compared by.
   *
   * @return one, or two of a tempo on a circle
   */
  int[] coordinates(int column, Tempo tempo) {
    return tempo == Tempo.CIRCULAR && column == tempo()
        ? new int[] {columns.size(), columns.size() + 1}
        : new int[] {column};
  }

  /**
   * @param values [columns], NaN where missing; a tempo of 0 or less is none
   * @return [coordinates]
   */
  double[] stored(double[] values) {
    double[] stored = Arrays.copyOf(values, coordinateCount());
    if (hasTempo()) {
      double tempo = values[tempo()] > 0 ? values[tempo()] : Double.NaN;
      stored[tempo()] = tempo;
      stored[columns.size()] = Tempo.x(tempo);
      stored[columns.size() + 1] = Tempo.y(tempo);
    }
    return stored;
  }

  /** [coordinates], as stored of a row that is not there. */
  double[] nothing() {
    double[] nothing = new double[coordinateCount()];
    Arrays.fill(nothing, Double.NaN);
    return nothing;
  }

  /** How many columns a stored vector has. */
  int count(double[] stored) {
    return (int) IntStream.range(0, columns.size()).filter(it -> !Double.isNaN(stored[it])).count();
  }
}
