package dev.reprise.contract;

/** The rounding of published numbers. */
public final class Rounding {
  private static final double MILLIONTHS = 1e6;

  private Rounding() {}

  /** Rounds to six decimals, half to even. */
  public static double sixDecimals(double value) {
    return Math.rint(value * MILLIONTHS) / MILLIONTHS;
  }
}
