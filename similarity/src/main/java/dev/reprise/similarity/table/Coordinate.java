package dev.reprise.similarity.table;

/**
 * One of the numbers that a query compares. A stored value counts as {@code (value - mean) *
 * weight}.
 *
 * @param index where it lies in a chunk
 * @param columns 1, and 0 for the second coordinate of a tempo on a circle, so that their sum
 *     counts columns
 * @param value of the query itself, as stored
 * @param mean 0 where nothing is standardised
 * @param weight 1 where nothing is standardised
 */
record Coordinate(int index, int columns, double value, double mean, double weight) {
  double scaled(double stored) {
    return (stored - mean) * weight;
  }
}
