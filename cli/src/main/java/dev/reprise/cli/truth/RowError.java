package dev.reprise.cli.truth;

/**
 * An error for which a row is rejected.
 *
 * @param line on which the row begins, from 1
 * @param column {@code group.column}, or empty if the error concerns the whole row
 * @param what the value and what is wrong with it, without a full stop
 */
public record RowError(long line, String column, String what) {

  /**
   * Returns the error as a sentence: {@code Line 7, audio_features.energy: 1.7 is not between 0 and
   * 1.}
   */
  public String sentence() {
    return "Line %d%s: %s.".formatted(line, column.isEmpty() ? "" : ", " + column, what);
  }
}
