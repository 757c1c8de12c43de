package dev.reprise.similarity.table;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.hipparchus.stat.correlation.PearsonsCorrelation;
import org.hipparchus.stat.ranking.NaturalRanking;
import org.jspecify.annotations.Nullable;

/**
 * The distances of one search, for the comparison with others. Their ranks over all rows are kept:
 * most searches of a comparison are over the same rows. Not thread-safe.
 */
public final class RankedDistances {
  private static final int FEWEST = 3;

  private final Distances distances;
  private double @Nullable [] ranks;

  public RankedDistances(Distances distances) {
    this.distances = distances;
  }

  /**
   * Spearman's rank correlation of both searches over the rows that both could compare, with the
   * average rank where distances are equal.
   */
  public RankCorrelation with(RankedDistances other) {
    int[] ours = new int[distances.size()];
    int[] theirs = new int[distances.size()];
    int common = common(other, ours, theirs);
    if (common < FEWEST) {
      return new RankCorrelation(common, OptionalDouble.empty());
    }
    double correlation =
        new PearsonsCorrelation()
            .correlation(
                ranks(Arrays.copyOf(ours, common)), other.ranks(Arrays.copyOf(theirs, common)));
    // Of equal distances it is not a number.
    return new RankCorrelation(
        common,
        Double.isNaN(correlation) ? OptionalDouble.empty() : OptionalDouble.of(correlation));
  }

  /** Where the rows that both have lie in either. */
  private int common(RankedDistances other, int[] ours, int[] theirs) {
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

  /** Of the distances at these places among themselves. */
  private double[] ranks(int[] places) {
    if (places.length < distances.size()) {
      return ranked(Arrays.stream(places).mapToDouble(it -> distances.values()[it]).toArray());
    }
    double[] known = ranks;
    if (known == null) {
      known = ranked(distances.values());
      ranks = known;
    }
    return known;
  }

  private static double[] ranked(double[] values) {
    return new NaturalRanking().rank(values);
  }
}
