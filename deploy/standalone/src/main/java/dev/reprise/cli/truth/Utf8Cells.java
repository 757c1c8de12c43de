package dev.reprise.cli.truth;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.FieldModifier;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Makes text of the cells of a file that is read byte by byte, as if it were ISO 8859-1. A decoder
 * before the parser would run ahead of it, and could not tell the line of what is not UTF-8.
 */
record Utf8Cells(Path file) implements FieldModifier {

  @Override
  public String modify(long startingLine, int index, boolean quoted, String cell) {
    if (cell.chars().allMatch(character -> character < 0x80)) {
      return cell;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(cell.getBytes(StandardCharsets.ISO_8859_1));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new CsvParseException(
          "%s is not UTF-8, first in the row of line %d; convert it and load it again."
              .formatted(file, startingLine),
          e);
    }
  }
}
