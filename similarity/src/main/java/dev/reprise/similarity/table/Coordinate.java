package dev.reprise.similarity.table;

/**
 * A coordinate that a query compares. A stored value is scaled to {@code (value - mean) * weight}.
 *
 * @param index the coordinate's index in a chunk
 * @param columns 1, or 0 for the second coordinate of a circular tempo, so that the sum over all
 *     coordinates is the number of columns
 * @param value the query's own value, as stored
 * @param mean 0 if the metric is not standardised
 * @param weight 1 if the metric is not standardised
 */
record Coordinate(int index, int columns, double value, double mean, double weight) {
  double scaled(double stored) {
    return (stored - mean) * weight;
  }
}
