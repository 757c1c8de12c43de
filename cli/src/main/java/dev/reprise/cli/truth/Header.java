package dev.reprise.cli.truth;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The header of an echonest.csv: a line of {@code echonest}, one of groups, one of columns, each
 * with an empty first cell, and one with only {@code track_id} in its first cell.
 *
 * @param columns by cell; empty for the track id and for columns that Reprise does not know
 * @param unknown names of the columns that Reprise does not know
 */
record Header(List<Optional<Column>> columns, List<String> unknown) {
  static final String TRACK_ID = "track_id";
  private static final String SOURCE = "echonest";

  Header {
    columns = List.copyOf(columns);
    unknown = List.copyOf(unknown);
  }

  /**
   * Reads the four lines of the header.
   *
   * @throws ConfigurationException if the file does not begin with such a header
   */
  static Header read(Path file, CsvRecords records) throws ConfigurationException, IOException {
    CsvRecord sources = readLine(file, records, "", 0);
    int cells = sources.getFieldCount();
    CsvRecord groups = readLine(file, records, "", cells);
    CsvRecord names = readLine(file, records, "", cells);
    CsvRecord index = readLine(file, records, TRACK_ID, cells);
    for (int cell = 1; cell < cells; cell++) {
      expect(file, sources, cell, SOURCE);
      expect(file, index, cell, "");
    }
    return of(file, groups, names);
  }

  private static Header of(Path file, CsvRecord groups, CsvRecord names)
      throws ConfigurationException {
    List<Optional<Column>> columns = new ArrayList<>(List.of(Optional.empty()));
    List<String> unknown = new ArrayList<>();
    for (int cell = 1; cell < names.getFieldCount(); cell++) {
      Optional<Column> column = Column.of(groups.getField(cell), names.getField(cell));
      if (column.isEmpty()) {
        unknown.add(Cells.line(Cells.text(groups.getField(cell) + "." + names.getField(cell))));
      } else if (columns.contains(column)) {
        throw invalid(
            "%s, line %d: cells %d and %d are both %s"
                .formatted(
                    file,
                    names.getStartingLineNumber(),
                    columns.indexOf(column) + 1,
                    cell + 1,
                    column.get().label()));
      }
      columns.add(column);
    }
    if (unknown.size() == columns.size() - 1) {
      throw invalid(file + " has no column that Reprise knows");
    }
    return new Header(columns, unknown);
  }

  /** Reads the next line, and checks its first cell and its number of cells. */
  private static CsvRecord readLine(Path file, CsvRecords records, String first, int cells)
      throws ConfigurationException, IOException {
    CsvRecord line = records.next();
    if (line == null) {
      throw invalid(file + (cells == 0 ? " is empty" : " ends within its header"));
    }
    expect(file, line, 0, first);
    if (cells != 0 && line.getFieldCount() != cells) {
      throw invalid(
          "%s, line %d: the first line has %d cells, this one %d"
              .formatted(file, line.getStartingLineNumber(), cells, line.getFieldCount()));
    }
    return line;
  }

  private static void expect(Path file, CsvRecord line, int cell, String text)
      throws ConfigurationException {
    if (!line.getField(cell).equals(text)) {
      throw invalid(
          "%s, line %d, cell %d: %s where %s should be"
              .formatted(
                  file,
                  line.getStartingLineNumber(),
                  cell + 1,
                  Cells.shown(Cells.text(line.getField(cell))),
                  text.isEmpty() ? "nothing" : "'" + text + "'"));
    }
  }

  private static ConfigurationException invalid(String what) {
    return new ConfigurationException(
        what + "; load FMA's echonest.csv as it is published, with its four header lines.");
  }
}
