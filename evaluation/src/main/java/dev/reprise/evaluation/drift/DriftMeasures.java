package dev.reprise.evaluation.drift;

/**
 * The drift measures: distances between two distributions.
 *
 * <p>PSI and the Jensen-Shannon distance compare shares, so they need bins that are not empty: over
 * the 1,024 bins of a histogram, a sample of a hundred would be far from the distribution that it
 * was drawn from. They use ten groups of bins, split at the reference's deciles: with {@code
 * before} the reference's count below a bin, {@code c} its count in it and {@code n} in total, the
 * bin belongs to group {@code floor(10 (before + c/2) / n)}. A share of exactly 0 is replaced by
 * 0.0001 in PSI, as in Evidently (github.com/evidentlyai/evidently), so that PSI stays finite.
 *
 * <p>Kolmogorov-Smirnov and Wasserstein compare cumulative shares, bin by bin: both are exact for
 * values at the centres of their bins; for others the errors are at most the share of one bin, and
 * one bin's width over the deviation.
 *
 * @param psi population stability index, 0 and up; 0.1 and 0.25 are the usual thresholds of small
 *     and large change
 * @param ks Kolmogorov-Smirnov statistic, the largest difference of the cumulative shares, 0 to 1
 * @param wasserstein first Wasserstein distance over the standard deviation of the reference, or
 *     over a bin's width if that is larger; 0 and up
 * @param jensenShannon square root of the Jensen-Shannon divergence in nats, 0 to 0.8326, as {@code
 *     scipy.spatial.distance.jensenshannon}
 */
public record DriftMeasures(double psi, double ks, double wasserstein, double jensenShannon) {
  private static final int GROUPS = 10;
  private static final double FLOOR = 1e-4;

  /**
   * Computes the measures of {@code current} against {@code reference}.
   *
   * @param reference not empty
   * @param current not empty, over the same bins
   */
  public static DriftMeasures between(Histogram reference, Histogram current) {
    if (!reference.binning().equals(current.binning())
        || reference.total() == 0
        || current.total() == 0) {
      throw new IllegalArgumentException("Histograms must have the same bins and not be empty.");
    }
    int[] groups = groups(reference);
    double[] referenceShares = shares(reference, groups);
    double[] currentShares = shares(current, groups);
    double ks = 0;
    double area = 0;
    long referenceBelow = 0;
    long currentBelow = 0;
    for (int bin = 0; bin < Binning.BINS; bin++) {
      referenceBelow += reference.count(bin);
      currentBelow += current.count(bin);
      double difference =
          Math.abs(
              (double) referenceBelow / reference.total()
                  - (double) currentBelow / current.total());
      ks = Math.max(ks, difference);
      area += difference;
    }
    double width = reference.binning().binWidth();
    return new DriftMeasures(
        psi(referenceShares, currentShares),
        ks,
        area * width / Math.max(reference.standardDeviation(), width),
        jensenShannon(referenceShares, currentShares));
  }

  /** Returns the group of each bin, [1,024], 0 to 9. */
  private static int[] groups(Histogram reference) {
    int[] groups = new int[Binning.BINS];
    long before = 0;
    for (int bin = 0; bin < groups.length; bin++) {
      long count = reference.count(bin);
      // Both sides are doubled, so that half the count is an integer.
      long group = GROUPS * (2 * before + count) / (2 * reference.total());
      groups[bin] = (int) Math.min(GROUPS - 1, group);
      before += count;
    }
    return groups;
  }

  private static double[] shares(Histogram histogram, int[] groups) {
    long[] counts = new long[GROUPS];
    for (int bin = 0; bin < groups.length; bin++) {
      counts[groups[bin]] += histogram.count(bin);
    }
    double[] shares = new double[GROUPS];
    for (int group = 0; group < GROUPS; group++) {
      shares[group] = (double) counts[group] / histogram.total();
    }
    return shares;
  }

  // StrictMath: bit-identical on every processor, as are the sums.
  private static double psi(double[] reference, double[] current) {
    double psi = 0;
    for (int group = 0; group < GROUPS; group++) {
      double r = reference[group] == 0 ? FLOOR : reference[group];
      double c = current[group] == 0 ? FLOOR : current[group];
      psi += (c - r) * StrictMath.log(c / r);
    }
    return psi;
  }

  private static double jensenShannon(double[] reference, double[] current) {
    double divergence = 0;
    for (int group = 0; group < GROUPS; group++) {
      double middle = (reference[group] + current[group]) / 2;
      divergence += entropy(reference[group], middle) + entropy(current[group], middle);
    }
    // Rounding can make the divergence of equal distributions negative.
    return Math.sqrt(Math.max(0, divergence / 2));
  }

  private static double entropy(double share, double middle) {
    return share == 0 ? 0 : share * StrictMath.log(share / middle);
  }
}
