package dev.reprise.evaluation.drift;

/**
 * Equal bins over a range; models/README.md has the same for the reference distributions inside a
 * model. Immutable.
 *
 * @param minimum where the first bin begins, in the values' unit
 * @param maximum where the last one ends, and belongs to it
 */
public record Binning(double minimum, double maximum) {
  public static final int BINS = 1_024;

  public Binning {
    if (!(minimum < maximum)) {
      throw new IllegalArgumentException(minimum + " to " + maximum + " is no range.");
    }
  }

  /** The bin of a finite value, 0 to 1,023; of one out of range the nearest. */
  public int bin(double value) {
    double position = Math.floor((value - minimum) / (maximum - minimum) * BINS);
    return (int) Math.max(0, Math.min(BINS - 1, position));
  }

  public boolean contains(double value) {
    return value >= minimum && value <= maximum;
  }

  /** In the values' unit. */
  public double binWidth() {
    return (maximum - minimum) / BINS;
  }
}
