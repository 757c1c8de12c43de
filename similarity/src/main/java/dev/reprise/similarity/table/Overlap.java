package dev.reprise.similarity.table;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** How much two lists of neighbours have in common. */
public final class Overlap {
  private Overlap() {}

  /**
   * The share of the k nearest that both have, 0 to 1.
   *
   * @param one ids without order, k of them or all there are
   * @param other likewise
   */
  public static double of(Collection<String> one, Collection<String> other) {
    Set<String> common = new HashSet<>(one);
    common.retainAll(new HashSet<>(other));
    int longer = Math.max(one.size(), other.size());
    return longer == 0 ? 0 : (double) common.size() / longer;
  }
}
