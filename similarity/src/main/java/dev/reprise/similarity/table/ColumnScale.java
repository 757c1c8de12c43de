package dev.reprise.similarity.table;

/**
 * How a column is scaled over all tracks that have it, in the column's own unit.
 *
 * @param count tracks that have it, 1 and up
 * @param standardDeviation of the population
 * @param share its part of the expected squared Euclidean distance between two tracks, 0 to 1: its
 *     variance over the sum of all variances; of a tempo on a circle the variances of both
 *     coordinates
 */
public record ColumnScale(
    String column,
    int count,
    double minimum,
    double maximum,
    double mean,
    double standardDeviation,
    double share) {}
