package dev.reprise.evaluation.drift;

/**
 * Equal-width bins over a range, the same as those of a model's reference distributions
 * (models/README.md). Immutable.
 *
 * @param minimum lower edge of the first bin, in the values' unit
 * @param maximum upper edge of the last bin, inclusive
 */
public record Binning(double minimum, double maximum) {
  public static final int BINS = 1_024;

  public Binning {
    if (!(minimum < maximum)) {
      throw new IllegalArgumentException("The range " + minimum + " to " + maximum + " is empty.");
    }
  }

  /**
   * Returns the bin of a finite value, 0 to 1,023; the nearest one if the value is out of range.
   */
  public int bin(double value) {
    double position = Math.floor((value - minimum) / (maximum - minimum) * BINS);
    return (int) Math.max(0, Math.min(BINS - 1, position));
  }

  public boolean contains(double value) {
    return value >= minimum && value <= maximum;
  }

  /** Returns the width of a bin, in the values' unit. */
  public double binWidth() {
    return (maximum - minimum) / BINS;
  }
}
