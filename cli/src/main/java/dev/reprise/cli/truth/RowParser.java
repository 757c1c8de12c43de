package dev.reprise.cli.truth;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.reprise.contract.TruthRules;
import dev.reprise.contract.v1.Truth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Parses rows into records. Remembers the line of each track, about a hundred bytes a row, which is
 * the only memory that grows with the file. Not thread-safe.
 */
final class RowParser {
  /** Fits into the topic's 1 MiB even if JSON must escape every character. */
  private static final int MAX_TRUTH_BYTES = 100_000;

  private static final Pattern TRACK_ID = Pattern.compile("0*([1-9]\\d{0,17})");

  private final Header header;
  private final Map<String, Long> lines = new HashMap<>();

  RowParser(Header header) {
    this.header = header;
  }

  TruthRow parse(CsvRecord record) {
    List<RowError> errors = new ArrayList<>();
    Truth.Builder truth = Truth.newBuilder();
    long line = record.getStartingLineNumber();
    int cells = header.columns().size();
    if (record.getFieldCount() != cells) {
      String what = "the header has %d cells, the row %d".formatted(cells, record.getFieldCount());
      return new TruthRow(truth.build(), List.of(new RowError(line, "", what)));
    }
    readTrackId(line, Cells.text(record.getField(0)), truth, errors);
    for (int cell = 1; cell < cells; cell++) {
      readCell(line, cell, record.getField(cell), truth, errors);
    }
    Truth read = truth.build();
    for (TruthRules.Fault fault : TruthRules.faults(read)) {
      errors.add(new RowError(line, fault.group() + "." + fault.column(), fault.what()));
    }
    if (read.getSerializedSize() > MAX_TRUTH_BYTES) {
      String what = "%d bytes, above %d".formatted(read.getSerializedSize(), MAX_TRUTH_BYTES);
      errors.add(new RowError(line, "", what));
    }
    if (errors.isEmpty()) {
      // Accepted rows only: a rejected one must not block a later row of the same track.
      lines.put(read.getTrackId(), line);
    }
    return new TruthRow(read, errors);
  }

  private void readTrackId(long line, String cell, Truth.Builder truth, List<RowError> errors) {
    var matcher = TRACK_ID.matcher(cell);
    if (!matcher.matches()) {
      String what = Cells.shown(cell) + " is not a positive integer of at most 18 digits";
      errors.add(new RowError(line, Header.TRACK_ID, what));
      return;
    }
    String trackId = matcher.group(1);
    Long first = lines.get(trackId);
    if (first != null) {
      String what = "%s is already on line %d".formatted(Cells.shown(cell), first);
      errors.add(new RowError(line, Header.TRACK_ID, what));
    }
    truth.setTrackId(trackId);
  }

  private void readCell(
      long line, int index, String cell, Truth.Builder truth, List<RowError> errors) {
    if (!cell.isEmpty()) {
      header
          .columns()
          .get(index)
          .ifPresent(
              column ->
                  Cells.utf8(cell)
                      .map(text -> column.put(text, truth))
                      .orElse(Optional.of(Cells.shown(cell) + " is not UTF-8"))
                      .ifPresent(what -> errors.add(new RowError(line, column.label(), what))));
    }
  }
}
