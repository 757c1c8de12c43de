package dev.reprise.similarity.table;

import java.util.List;

/**
 * The query vector that all rows are compared with. Immutable.
 *
 * @param coordinates the coordinates that the query has
 * @param count the number of columns that the query has
 * @param allColumns the number of columns of the table
 */
record ScaledQuery(List<Coordinate> coordinates, int count, int allColumns) {
  ScaledQuery(List<Coordinate> coordinates, int allColumns) {
    this(
        List.copyOf(coordinates),
        coordinates.stream().mapToInt(Coordinate::columns).sum(),
        allColumns);
  }

  /** Returns whether the shared columns are at least half of those that either vector has. */
  boolean isComparable(double shared, int rowCount) {
    return shared > 0 && 2 * shared >= count + rowCount - shared;
  }
}
