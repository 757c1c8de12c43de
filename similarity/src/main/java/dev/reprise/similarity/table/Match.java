package dev.reprise.similarity.table;

/**
 * A row found by a search.
 *
 * @param distance in the metric's unit, 0 and up
 */
public record Match(int row, double distance) {}
