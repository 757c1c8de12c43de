package dev.reprise.cli.truth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** What stands in a cell. */
final class Cells {
  private static final int MAX_SHOWN_CHARS = 40;

  /** Narrower than Java's own syntax, which has hexadecimal, blanks and a trailing d besides. */
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d++(\\.\\d*+)?+|\\.\\d++)([eE][+-]?\\d++)?+");

  private Cells() {}

  /**
   * The text of a cell that was read byte by byte, as if it were ISO 8859-1; empty if the bytes are
   * not UTF-8. A decoder before the parser would run ahead of it, and could not tell the cell.
   */
  static Optional<String> utf8(String cell) {
    ByteBuffer bytes = ByteBuffer.wrap(cell.getBytes(StandardCharsets.ISO_8859_1));
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The same for a message: the bytes one by one where they are not UTF-8. */
  static String text(String cell) {
    return utf8(cell).orElse(cell);
  }

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
