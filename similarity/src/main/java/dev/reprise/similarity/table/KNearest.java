package dev.reprise.similarity.table;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;

/**
 * The k nearest of all rows that it is offered; where equally near, those whose ids come first. Not
 * thread-safe.
 */
public final class KNearest {
  private final int k;
  private final Comparator<Match> nearestFirst;

  /** The farthest on top. */
  private final PriorityQueue<Match> kept;

  private double farthest = Double.POSITIVE_INFINITY;

  /**
   * @param k 1 and up
   * @param ids of the rows, asked for only where two are equally near
   */
  public KNearest(int k, IntFunction<String> ids) {
    this.k = k;
    this.nearestFirst =
        Comparator.comparingDouble(Match::distance).thenComparing(match -> ids.apply(match.row()));
    this.kept = new PriorityQueue<>(nearestFirst.reversed());
  }

  /**
   * @param distance NaN counts for nothing
   */
  public void offer(int row, double distance) {
    // False of nearly every row of a long scan, and so foreseen by the processor.
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

  /** Nearest first. */
  public List<Match> matches() {
    return kept.stream().sorted(nearestFirst).toList();
  }
}
