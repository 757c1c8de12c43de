package dev.reprise.similarity.table;

import java.util.OptionalDouble;

/**
 * How far two searches order the same rows alike.
 *
 * @param rows how many both could compare
 * @param spearman -1 to 1; absent of fewer than 3 rows, and where all distances of a search are
 *     equal
 */
public record RankCorrelation(int rows, OptionalDouble spearman) {}
