package dev.reprise.similarity.table;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Maps the columns of a table to the coordinates of its stored vectors. Each column is one
 * coordinate; a tempo has two more after the columns, its point on the circle, which replace it
 * when it is compared by {@link Tempo#CIRCULAR}. Immutable.
 */
record Layout(List<String> columns) {
  private static final String TEMPO = "tempo";

  Layout {
    columns = List.copyOf(columns);
    if (columns.isEmpty() || columns.size() > Short.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Cannot create a table of " + columns.size() + " columns.");
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
   * Returns the coordinates that a column is compared by.
   *
   * @return one, or two for a circular tempo
   */
  int[] coordinates(int column, Tempo tempo) {
    return tempo == Tempo.CIRCULAR && column == tempo()
        ? new int[] {columns.size(), columns.size() + 1}
        : new int[] {column};
  }

  /**
   * Converts values to a stored vector.
   *
   * @param values [columns], NaN where missing; a tempo of 0 or less is missing
   * @return [coordinates]
   */
  double[] toStored(double[] values) {
    double[] stored = Arrays.copyOf(values, coordinateCount());
    if (hasTempo()) {
      double tempo = values[tempo()] > 0 ? values[tempo()] : Double.NaN;
      stored[tempo()] = tempo;
      stored[columns.size()] = Tempo.x(tempo);
      stored[columns.size() + 1] = Tempo.y(tempo);
    }
    return stored;
  }

  /** Returns the stored vector of an empty row, [coordinates], all NaN. */
  double[] emptyRow() {
    double[] row = new double[coordinateCount()];
    Arrays.fill(row, Double.NaN);
    return row;
  }

  /** Counts the non-missing columns of a stored vector. */
  int countColumns(double[] stored) {
    return (int) IntStream.range(0, columns.size()).filter(it -> !Double.isNaN(stored[it])).count();
  }
}
