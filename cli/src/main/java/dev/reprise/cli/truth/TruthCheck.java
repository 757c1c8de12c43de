package dev.reprise.cli.truth;

import dev.reprise.cli.output.Terminal;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The result of checking a whole file.
 *
 * @param accepted rows that can be published
 * @param rejected rows that cannot
 */
public record TruthCheck(int accepted, int rejected) {
  private static final int MAX_ERRORS = 100;
  private static final int MAX_COLUMNS = 10;

  /**
   * Reads a whole file, and prints the errors in its rows and the columns that are ignored.
   *
   * @throws ConfigurationException if the file does not have the shape of an echonest.csv
   * @throws IOException with a sentence, if the file cannot be read to its end
   */
  public static TruthCheck of(Path file, Terminal terminal)
      throws ConfigurationException, IOException {
    int accepted = 0;
    int rejected = 0;
    int errors = 0;
    try (EchonestFile rows = EchonestFile.open(file)) {
      noteIgnored(rows.unknownColumns(), terminal);
      for (TruthRow row = rows.next(); row != null; row = rows.next()) {
        if (row.accepted()) {
          accepted++;
        } else {
          rejected++;
        }
        for (RowError error : row.errors()) {
          if (errors++ < MAX_ERRORS) {
            terminal.note(error.sentence());
          }
        }
      }
    }
    if (errors > MAX_ERRORS) {
      terminal.note("... and %d more.".formatted(errors - MAX_ERRORS));
    }
    return new TruthCheck(accepted, rejected);
  }

  private static void noteIgnored(List<String> columns, Terminal terminal) {
    if (!columns.isEmpty()) {
      terminal.note(
          "Ignored %d unknown columns: %s%s."
              .formatted(
                  columns.size(),
                  String.join(", ", columns.subList(0, Math.min(MAX_COLUMNS, columns.size()))),
                  columns.size() > MAX_COLUMNS ? ", ..." : ""));
    }
  }
}
