package dev.reprise.contract;

/** Rounds published numbers. */
public final class Rounding {
  private static final double MILLIONTHS = 1e6;

  private Rounding() {}

  /** Returns {@code value} rounded to six decimals, half to even. */
  public static double sixDecimals(double value) {
    return Math.rint(value * MILLIONTHS) / MILLIONTHS;
  }
}
