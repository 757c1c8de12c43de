package dev.reprise.api.similarity;

/**
 * A row that was found.
 *
 * @param distance in the metric's unit, 0 and up
 */
public record Match(int row, double distance) {}
