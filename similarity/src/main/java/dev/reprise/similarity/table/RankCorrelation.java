package dev.reprise.similarity.table;

import java.util.OptionalDouble;

/**
 * The rank correlation of two searches.
 *
 * @param rows the number of rows that both could compare
 * @param spearman -1 to 1; absent for fewer than 3 rows, or if all distances of a search are equal
 */
public record RankCorrelation(int rows, OptionalDouble spearman) {}
