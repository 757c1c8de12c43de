package dev.reprise.similarity.table;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;

/** Selects the k nearest of the rows offered to it; ties by id. Not thread-safe. */
public final class KNearest {
  private final int k;
  private final Comparator<Match> nearestFirst;

  /** A heap with the farthest match on top. */
  private final PriorityQueue<Match> kept;

  private double farthest = Double.POSITIVE_INFINITY;

  /**
   * @param k 1 and up
   * @param ids the track ids by row, looked up only for ties
   */
  public KNearest(int k, IntFunction<String> ids) {
    this.k = k;
    this.nearestFirst =
        Comparator.comparingDouble(Match::distance).thenComparing(match -> ids.apply(match.row()));
    this.kept = new PriorityQueue<>(nearestFirst.reversed());
  }

  /**
   * Offers a row.
   *
   * @param distance NaN is ignored
   */
  public void offer(int row, double distance) {
    // False for nearly every row of a long scan, so the branch is well predicted.
    if (distance <= farthest) {
      keep(new Match(row, distance));
    }
  }

  private void keep(Match match) {
    kept.add(match);
    if (kept.size() > k) {
      kept.remove();
    }
    if (kept.size() == k) {
      farthest = kept.element().distance();
    }
  }

  /** Returns the selected rows, nearest first. */
  public List<Match> matches() {
    return kept.stream().sorted(nearestFirst).toList();
  }
}
