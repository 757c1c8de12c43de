package dev.reprise.cli.output;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes results line by line to a file or to standard output. Not thread-safe. */
public final class Output implements AutoCloseable {
  private final Terminal terminal;
  private final @Nullable Writer file;

  private Output(Terminal terminal, @Nullable Writer file) {
    this.terminal = terminal;
    this.file = file;
  }

  /**
   * Opens an output.
   *
   * @param path null for standard output
   */
  public static Output to(@Nullable Path path, Terminal terminal) throws IOException {
    if (path == null) {
      return new Output(terminal, null);
    }
    try {
      return new Output(terminal, Files.newBufferedWriter(path, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IOException("--out: " + path + " cannot be written: " + e + ".", e);
    }
  }

  /** Writes a line and flushes it. */
  public void writeLine(String text) throws IOException {
    if (file == null) {
      terminal.print(text);
    } else {
      file.write(text + System.lineSeparator());
      file.flush();
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
