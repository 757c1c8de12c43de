package dev.reprise.extractor.golden;

import java.util.Arrays;

/** The element-wise absolute difference of two arrays of the same shape. */
public record Difference(double median, double maximum) {

  public static Difference between(float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      throw new AssertionError(
          "There are " + actual.length + " coefficients, not " + expected.length + ".");
    }
    double[] differences = new double[actual.length];
    for (int i = 0; i < actual.length; i++) {
      differences[i] = Math.abs((double) actual[i] - expected[i]);
    }
    // NaN sorts last, so one of them makes the maximum NaN and every comparison false.
    Arrays.sort(differences);
    return new Difference(differences[actual.length / 2], differences[actual.length - 1]);
  }
}
