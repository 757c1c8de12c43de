package dev.reprise.cli.truth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Writes files in the shape of FMA's echonest.csv; their rows begin on line 5. */
public final class CsvFile {
  private CsvFile() {}

  /**
   * Writes a file with its header.
   *
   * @param columns each as {@code group.column}
   * @param rows the lines below the header
   */
  public static Path write(Path file, List<String> columns, String... rows) {
    String text =
        line("", columns, column -> "echonest")
            + line("", columns, column -> column.substring(0, column.indexOf('.')))
            + line("", columns, column -> column.substring(column.indexOf('.') + 1))
            + line("track_id", columns, column -> "")
            + Arrays.stream(rows).map(row -> row + "\n").collect(Collectors.joining());
    return write(file, text);
  }

  static Path write(Path file, String text) {
    return write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  static Path write(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(String first, List<String> columns, UnaryOperator<String> cell) {
    return first
        + columns.stream().map(cell).map(text -> "," + text).collect(Collectors.joining())
        + "\n";
  }
}
