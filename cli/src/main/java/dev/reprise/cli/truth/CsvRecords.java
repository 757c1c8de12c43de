package dev.reprise.cli.truth;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.reprise.runtime.ConfigurationException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The records of a CSV file (RFC 4180), with or without a byte order mark. Each byte of a cell is
 * read as one character; empty lines are skipped. Not thread-safe.
 */
final class CsvRecords implements AutoCloseable {
  /** Longest record: a quotation mark that is never closed must not read the rest of the file. */
  private static final int MAX_CHARS = 1 << 20;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final Path file;
  private final CsvReader<CsvRecord> reader;

  private CsvRecords(Path file, CsvReader<CsvRecord> reader) {
    this.file = file;
    this.reader = reader;
  }

  /**
   * Opens a file.
   *
   * @throws ConfigurationException if there is no such file
   */
  static CsvRecords open(Path file) throws ConfigurationException, IOException {
    requireFile(file);
    CsvReader.CsvReaderBuilder builder =
        CsvReader.builder()
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .maxBufferSize(MAX_CHARS);
    CsvRecordHandler handler =
        CsvRecordHandler.builder().maxFieldSize(MAX_CHARS).maxRecordSize(MAX_CHARS).build();
    try {
      InputStream bytes = withoutByteOrderMark(file);
      return new CsvRecords(
          file, builder.build(handler, new InputStreamReader(bytes, StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e + ".", e);
    }
  }

  /**
   * Returns the next record, or null at the end.
   *
   * @throws IOException with a sentence, if the next record cannot be read
   */
  @Nullable CsvRecord next() throws IOException {
    try {
      return reader.iterator().hasNext() ? reader.iterator().next() : null;
    } catch (CsvParseException e) {
      throw new IOException(
          "%s is not well-formed CSV; fix its quotation marks: %s.".formatted(file, e.getMessage()),
          e);
    } catch (UncheckedIOException e) {
      throw new IOException(file + " cannot be read: " + e.getCause() + ".", e);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private static void requireFile(Path file) throws ConfigurationException {
    if (!Files.exists(file)) {
      throw new ConfigurationException(file + " does not exist.");
    }
    if (Files.isDirectory(file)) {
      throw new ConfigurationException(file + " is a folder; give the file in it.");
    }
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          file
              + " is not a regular file, and it must be read twice; save it to a regular file first.");
    }
  }

  private static InputStream withoutByteOrderMark(Path file) throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(Files.newInputStream(file));
    try {
      bytes.mark(BYTE_ORDER_MARK.length);
      if (!Arrays.equals(bytes.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
        bytes.reset();
      }
      return bytes;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }
}
