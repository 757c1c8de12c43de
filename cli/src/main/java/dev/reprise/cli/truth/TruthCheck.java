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
 * @param refused rows that cannot
 */
public record TruthCheck(int accepted, int refused) {
  private static final int MAX_FAULTS = 100;
  private static final int MAX_COLUMNS = 10;

  /**
   * Reads a file from end to end, and prints the faults of its rows and the columns that are
   * ignored.
   *
   * @throws ConfigurationException if the file does not have the shape of an echonest.csv
   * @throws IOException with a sentence, if the file cannot be read to its end
   */
  public static TruthCheck of(Path file, Terminal terminal)
      throws ConfigurationException, IOException {
    int accepted = 0;
    int refused = 0;
    int faults = 0;
    try (EchonestFile rows = EchonestFile.open(file)) {
      noteIgnored(rows.unknownColumns(), terminal);
      for (TruthRow row = rows.next(); row != null; row = rows.next()) {
        if (row.accepted()) {
          accepted++;
        } else {
          refused++;
        }
        for (RowFault fault : row.faults()) {
          if (faults++ < MAX_FAULTS) {
            terminal.note(fault.sentence());
          }
        }
      }
    }
    if (faults > MAX_FAULTS) {
      terminal.note("... and %d more.".formatted(faults - MAX_FAULTS));
    }
    return new TruthCheck(accepted, refused);
  }

  private static void noteIgnored(List<String> columns, Terminal terminal) {
    if (!columns.isEmpty()) {
      terminal.note(
          "%d columns ignored, which Reprise does not know: %s%s."
              .formatted(
                  columns.size(),
                  String.join(", ", columns.subList(0, Math.min(MAX_COLUMNS, columns.size()))),
                  columns.size() > MAX_COLUMNS ? ", ..." : ""));
    }
  }
}
