package dev.reprise.cli.truth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Decodes the cells of a CSV file, and formats them for messages. */
final class Cells {
  private static final int MAX_SHOWN_CHARS = 40;

  /** Narrower than Java's own syntax, which also allows hexadecimal, blanks and a trailing d. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d++(\\.\\d*+)?+|\\.\\d++)([eE][+-]?\\d++)?+");

  private Cells() {}

  /**
   * Returns the text of a cell that was read as ISO 8859-1, one character for each byte; empty if
   * the bytes are not UTF-8. A decoder before the parser would read ahead, and could not name the
   * cell.
   */
  static Optional<String> utf8(String cell) {
    ByteBuffer bytes = ByteBuffer.wrap(cell.getBytes(StandardCharsets.ISO_8859_1));
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Returns the same for a message; if the bytes are not UTF-8, one character for each. */
  static String text(String cell) {
    return utf8(cell).orElse(cell);
  }

  /** Returns the cell as a number; empty if it is not a number, or not a finite one. */
  static OptionalDouble number(String cell) {
    if (!NUMBER.matcher(cell).matches()) {
      return OptionalDouble.empty();
    }
    double number = Double.parseDouble(cell);
    return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
  }

  /** Returns the cell for a message: in quotation marks, on one line, truncated if long. */
  static String shown(String cell) {
    return "'" + line(cell) + "'";
  }

  /** Returns the same without quotation marks. */
  static String line(String cell) {
    String line = cell.replaceAll("\\p{Cc}", " ");
    return line.length() <= MAX_SHOWN_CHARS ? line : line.substring(0, MAX_SHOWN_CHARS) + "...";
  }
}
