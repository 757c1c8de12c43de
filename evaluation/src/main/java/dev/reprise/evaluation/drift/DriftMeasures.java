package dev.reprise.evaluation.drift;

/**
 * How far one distribution lies from another.
 *
 * <p>PSI and the Jensen-Shannon distance compare shares, so they need bins that hold something:
 * over the 1,024 bins of a histogram a sample of a hundred would lie far from its own source. They
 * use ten groups of bins, cut where the reference's deciles are: with {@code before} the
 * reference's count below a bin, {@code c} its count in it and {@code n} in all, the bin belongs to
 * group {@code floor(10 (before + c/2) / n)}. A share of exactly 0 counts as 0.0001 in PSI, as in
 * Evidently (github.com/evidentlyai/evidently), so that it stays finite.
 *
 * <p>Kolmogorov-Smirnov and Wasserstein compare cumulative shares, bin by bin: on values that sit
 * in the middle of their bins both are exact, on others they are off by what one bin holds, and by
 * one bin's width over the deviation.
 *
 * @param psi population stability index, 0 and up; 0.1 and 0.25 are the usual marks of small and
 *     large change
 * @param ks Kolmogorov-Smirnov statistic, the largest difference of the cumulative shares, 0 to 1
 * @param wasserstein first Wasserstein distance over the standard deviation of the reference, or
 *     over a bin's width where that is larger; 0 and up
 * @param jensenShannon square root of the Jensen-Shannon divergence in nats, 0 to 0.8326, as {@code
 *     scipy.spatial.distance.jensenshannon}
 */
public record DriftMeasures(double psi, double ks, double wasserstein, double jensenShannon) {
  private static final int GROUPS = 10;
  private static final double FLOOR = 1e-4;

  /**
   * @param reference not empty
   * @param current not empty, over the same bins
   */
  public static DriftMeasures between(Histogram reference, Histogram current) {
    if (!reference.binning().equals(current.binning())
        || reference.total() == 0
        || current.total() == 0) {
      throw new IllegalArgumentException("Two histograms over the same bins, neither empty.");
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

  /** The group of each bin. */
  private static int[] groups(Histogram reference) {
    int[] groups = new int[Binning.BINS];
    long before = 0;
    for (int bin = 0; bin < groups.length; bin++) {
      long count = reference.count(bin);
      // Twice everything, so that the half is whole.
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

  // StrictMath: the same digits on every processor, as the sums that it is given.
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
    // Rounding can leave less than nothing of two equal distributions.
    return Math.sqrt(Math.max(0, divergence / 2));
  }

  private static double entropy(double share, double middle) {
    return share == 0 ? 0 : share * StrictMath.log(share / middle);
  }
}
