package dev.reprise.similarity.table;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.hipparchus.stat.correlation.PearsonsCorrelation;
import org.hipparchus.stat.ranking.NaturalRanking;
import org.jspecify.annotations.Nullable;

/**
 * The distances of one search, ranked for comparison with others. Caches the ranks over all rows:
 * most searches of a comparison cover the same rows. Not thread-safe.
 */
public final class RankedDistances {
  private static final int MIN_ROWS = 3;

  private final Distances distances;
  private double @Nullable [] ranks;

  public RankedDistances(Distances distances) {
    this.distances = distances;
  }

  /**
   * Computes Spearman's rank correlation over the rows that both searches could compare; ties have
   * their average rank.
   */
  public RankCorrelation correlate(RankedDistances other) {
    int[] ours = new int[distances.size()];
    int[] theirs = new int[distances.size()];
    int common = findCommon(other, ours, theirs);
    if (common < MIN_ROWS) {
      return new RankCorrelation(common, OptionalDouble.empty());
    }
    double correlation =
        new PearsonsCorrelation()
            .correlation(
                ranks(Arrays.copyOf(ours, common)), other.ranks(Arrays.copyOf(theirs, common)));
    // NaN if all distances of a search are equal.
    return new RankCorrelation(
        common,
        Double.isNaN(correlation) ? OptionalDouble.empty() : OptionalDouble.of(correlation));
  }

  /** Writes the indexes of the common rows in both searches, and returns their number. */
  private int findCommon(RankedDistances other, int[] ours, int[] theirs) {
    int[] rows = distances.rows();
    int[] otherRows = other.distances.rows();
    int count = 0;
    int i = 0;
    int j = 0;
    while (i < rows.length && j < otherRows.length) {
      if (rows[i] == otherRows[j]) {
        ours[count] = i++;
        theirs[count++] = j++;
      } else if (rows[i] < otherRows[j]) {
        i++;
      } else {
        j++;
      }
    }
    return count;
  }

  /** Returns the ranks of the distances at these indexes, among themselves. */
  private double[] ranks(int[] indexes) {
    if (indexes.length < distances.size()) {
      return rank(Arrays.stream(indexes).mapToDouble(it -> distances.values()[it]).toArray());
    }
    double[] known = ranks;
    if (known == null) {
      known = rank(distances.values());
      ranks = known;
    }
    return known;
  }

  private static double[] rank(double[] values) {
    return new NaturalRanking().rank(values);
  }
}
