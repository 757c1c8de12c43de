package dev.reprise.cli.similar;

import java.util.Locale;

/** Numbers as they are printed. */
final class NumberText {
  private static final double PLAIN_FROM = 999.5;
  private static final double PLAIN_BELOW = 1e6;

  private NumberText() {}

  /** Three significant digits, for what may be of any size: 4.12e-07, 0.0457, 2.03, 5432. */
  static String significant(double value) {
    if (value == 0) {
      return "0";
    }
    boolean isPlain = Math.abs(value) >= PLAIN_FROM && Math.abs(value) < PLAIN_BELOW;
    return String.format(Locale.ROOT, isPlain ? "%.0f" : "%.3g", value);
  }

  /** Three decimals, for what has a known scale. */
  static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** Two decimals, which say 100 only where it is. */
  static String percent(double share) {
    boolean isAlmostAll = share < 1 && share >= 0.99995;
    return isAlmostAll ? "more than 99.99 %" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
