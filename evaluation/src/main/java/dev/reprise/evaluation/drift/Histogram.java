package dev.reprise.evaluation.drift;

import java.util.Arrays;

/** Counts of the bins of a {@link Binning}. Immutable. */
public final class Histogram {
  private final Binning binning;
  private final long[] counts;
  private final long total;

  /**
   * @param counts [1,024], none negative; copied
   */
  public Histogram(Binning binning, long[] counts) {
    if (counts.length != Binning.BINS || Arrays.stream(counts).anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException(
          "A histogram has " + Binning.BINS + " counts, none of them negative.");
    }
    this.binning = binning;
    this.counts = counts.clone();
    this.total = Arrays.stream(counts).sum();
  }

  public Binning binning() {
    return binning;
  }

  public long total() {
    return total;
  }

  long count(int bin) {
    return counts[bin];
  }

  /** Returns this histogram minus {@code part}, none of whose counts may be larger. */
  public Histogram minus(Histogram part) {
    long[] rest = new long[Binning.BINS];
    for (int bin = 0; bin < rest.length; bin++) {
      rest[bin] = counts[bin] - part.counts[bin];
    }
    return new Histogram(binning, rest);
  }

  /** Returns the standard deviation of the bins' centres, in the values' unit. */
  double standardDeviation() {
    double mean = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      mean += (double) counts[bin] / total * bin;
    }
    double variance = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      variance += (double) counts[bin] / total * (bin - mean) * (bin - mean);
    }
    return Math.sqrt(variance) * binning.binWidth();
  }
}
