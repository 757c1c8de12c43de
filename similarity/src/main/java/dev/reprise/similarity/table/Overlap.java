package dev.reprise.similarity.table;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Computes the overlap of two lists of neighbours. */
public final class Overlap {
  private Overlap() {}

  /**
   * Returns the share of the k nearest that both lists have, 0 to 1.
   *
   * @param one ids in any order; k, or fewer if there are no more
   * @param other ids of the other search, in any order; k, or fewer if there are no more
   */
  public static double of(Collection<String> one, Collection<String> other) {
    Set<String> common = new HashSet<>(one);
    common.retainAll(new HashSet<>(other));
    int longer = Math.max(one.size(), other.size());
    return longer == 0 ? 0 : (double) common.size() / longer;
  }
}
