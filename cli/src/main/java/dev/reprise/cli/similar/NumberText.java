package dev.reprise.cli.similar;

import java.util.Locale;

/** Formats numbers for output. */
final class NumberText {
  private static final double PLAIN_FROM = 999.5;
  private static final double PLAIN_BELOW = 1e6;

  private NumberText() {}

  /** Formats a value of any magnitude to three significant digits: 4.12e-07, 0.0457, 2.03, 5432. */
  static String significant(double value) {
    if (value == 0) {
      return "0";
    }
    boolean isPlain = Math.abs(value) >= PLAIN_FROM && Math.abs(value) < PLAIN_BELOW;
    return String.format(Locale.ROOT, isPlain ? "%.0f" : "%.3g", value);
  }

  /** Formats a value of known scale to three decimals. */
  static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** Formats a share to two decimals; 100 % only if the share is exactly 1. */
  static String percent(double share) {
    boolean isAlmostAll = share < 1 && share >= 0.99995;
    return isAlmostAll ? "more than 99.99 %" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
