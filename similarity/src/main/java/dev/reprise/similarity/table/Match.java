package dev.reprise.similarity.table;

/**
 * A row that was found.
 *
 * @param distance in the metric's unit, 0 and up
 */
public record Match(int row, double distance) {}
