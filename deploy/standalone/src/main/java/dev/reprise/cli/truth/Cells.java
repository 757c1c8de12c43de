package dev.reprise.cli.truth;

import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** What stands in a cell. */
final class Cells {
  private static final int MAX_SHOWN_CHARS = 40;

  /** Narrower than Java's own syntax, which has hexadecimal, blanks and a trailing d besides. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d++(\\.\\d*+)?+|\\.\\d++)([eE][+-]?\\d++)?+");

  private Cells() {}

  /** The cell as a number, empty if it is none or is too large for one. */
  static OptionalDouble number(String cell) {
    if (!NUMBER.matcher(cell).matches()) {
      return OptionalDouble.empty();
    }
    double number = Double.parseDouble(cell);
    return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
  }

  /** The cell for a message: in quotation marks, on one line, and not too long for it. */
  static String shown(String cell) {
    return "'" + line(cell) + "'";
  }

  /** The same without quotation marks. */
  static String line(String cell) {
    String line = cell.replaceAll("\\p{Cc}", " ");
    return line.length() <= MAX_SHOWN_CHARS ? line : line.substring(0, MAX_SHOWN_CHARS) + "...";
  }
}
