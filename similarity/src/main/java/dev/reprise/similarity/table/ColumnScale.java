package dev.reprise.similarity.table;

/**
 * The scale of a column over all tracks that have it, in the column's own unit.
 *
 * @param count the number of tracks that have the column, 1 and up
 * @param standardDeviation the population standard deviation
 * @param share the column's share of the expected squared Euclidean distance between two tracks, 0
 *     to 1: its variance over the sum of all variances; for a circular tempo, the variances of both
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
