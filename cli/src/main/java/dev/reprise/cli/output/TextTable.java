package dev.reprise.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text in columns as wide as their widest cell. Not thread-safe. */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... header) {
    rows.add(List.of(header));
  }

  public void add(String... cells) {
    // Escaped before the widths are measured; the terminal would do it after.
    rows.add(Arrays.stream(cells).map(Escapes::controls).toList());
  }

  public void print(Terminal terminal) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        line.append(row.get(column))
            .append(" ".repeat(widths[column] - row.get(column).length() + 2));
      }
      terminal.print(line.toString().stripTrailing());
    }
  }
}
