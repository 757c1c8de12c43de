package dev.reprise.cli.output;

import java.util.Collection;

/**
 * A column of track ids, shown relative to their common folder, which is printed once.
 *
 * @param folder ends with a slash, or is empty
 * @param width characters of the longest id below it
 */
public record IdColumn(String folder, int width) {
  /** Prefix of a shortened id, which has lost its folder. */
  private static final String SHORTENED_PREFIX = "~";

  public static IdColumn of(Collection<String> ids) {
    String folder =
        ids.stream()
            .filter(id -> !id.startsWith(SHORTENED_PREFIX))
            .map(IdColumn::folder)
            .reduce(IdColumn::commonFolder)
            .orElse("");
    IdColumn column = new IdColumn(folder, 0);
    int width = ids.stream().map(column::cell).mapToInt(String::length).max().orElse(0);
    return new IdColumn(folder, width);
  }

  /** Returns the id as shown in the column. */
  String cell(String id) {
    return id.startsWith(folder) ? id.substring(folder.length()) : id;
  }

  private static String folder(String id) {
    return id.substring(0, id.lastIndexOf('/') + 1);
  }

  private static String commonFolder(String a, String b) {
    int same = 0;
    while (same < Math.min(a.length(), b.length()) && a.charAt(same) == b.charAt(same)) {
      same++;
    }
    return folder(a.substring(0, same));
  }
}
