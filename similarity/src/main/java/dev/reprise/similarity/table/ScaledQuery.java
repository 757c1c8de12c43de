package dev.reprise.similarity.table;

import java.util.List;

/**
 * What all rows are compared with. Immutable.
 *
 * @param coordinates those that the query has
 * @param count columns that the query has
 * @param allColumns columns of the group
 */
record ScaledQuery(List<Coordinate> coordinates, int count, int allColumns) {
  ScaledQuery(List<Coordinate> coordinates, int allColumns) {
    this(
        List.copyOf(coordinates),
        coordinates.stream().mapToInt(Coordinate::columns).sum(),
        allColumns);
  }

  /** Whether so many shared columns are at least half of those that either has. */
  boolean isComparable(double shared, int rowCount) {
    return shared > 0 && 2 * shared >= count + rowCount - shared;
  }
}
