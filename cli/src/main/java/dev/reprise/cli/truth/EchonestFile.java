package dev.reprise.cli.truth;

import de.siegmar.fastcsv.reader.CsvRecord;
import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * FMA's echonest.csv, or a file of the same shape with any of its columns in any order, read row by
 * row. Not thread-safe.
 */
public final class EchonestFile implements AutoCloseable {
  private final CsvRecords records;
  private final Header header;
  private final RowParser parser;

  private EchonestFile(CsvRecords records, Header header) {
    this.records = records;
    this.header = header;
    this.parser = new RowParser(header);
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws ConfigurationException if there is no such file, or its header is not of that shape
   * @throws IOException with a sentence, if it cannot be read
   */
  public static EchonestFile open(Path file) throws ConfigurationException, IOException {
    CsvRecords records = CsvRecords.open(file);
    try {
      return new EchonestFile(records, Header.read(file, records));
    } catch (ConfigurationException | IOException | RuntimeException e) {
      records.close();
      throw e;
    }
  }

  /** Returns the columns that Reprise does not know and ignores, as {@code group.column}. */
  public List<String> unknownColumns() {
    return header.unknown();
  }

  /**
   * Returns the next row, or null at the end.
   *
   * @throws IOException with a sentence, if the next row cannot be read
   */
  public @Nullable TruthRow next() throws IOException {
    CsvRecord record = records.next();
    return record == null ? null : parser.parse(record);
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
