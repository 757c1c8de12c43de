package dev.reprise.cli.output;

import java.io.PrintStream;
import java.io.PrintWriter;

/**
 * Standard output for results, standard error for everything else.
 *
 * <p>Java 17 cannot detect whether standard error alone is a terminal, so the launcher passes it.
 * Thread-safe: lines of results, of notes and of progress do not mix.
 */
public final class Terminal {
  /** Returns to the start of the line and clears it of a progress bar. */
  static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final int columns;

  /**
   * @param interactive whether standard error is a terminal
   * @param columns its width in characters
   */
  public Terminal(PrintStream out, PrintStream err, boolean interactive, int columns) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
    this.columns = columns;
  }

  /** Returns this process's terminal, as described by the launcher. */
  public static Terminal ofProcess() {
    return new Terminal(
        System.out,
        System.err,
        Boolean.getBoolean("reprise.terminal"),
        Integer.getInteger("reprise.terminal.columns", 100));
  }

  public boolean interactive() {
    return interactive;
  }

  int columns() {
    return columns;
  }

  /** Prints a line of results; control characters except tabs are escaped. */
  public synchronized void print(String line) {
    clearProgress();
    out.println(Escapes.line(line));
    out.flush();
  }

  /** Prints a line that is not a result, such as an error; control characters are escaped. */
  public synchronized void note(String line) {
    clearProgress();
    err.println(Escapes.line(line));
    err.flush();
  }

  /** Redraws the progress line. */
  synchronized void drawProgress(String line) {
    err.print(CLEAR_LINE + line);
    err.flush();
  }

  synchronized void clearProgress() {
    if (interactive) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }

  /** Returns a writer for help, which prints several lines itself. */
  public PrintWriter errWriter() {
    return new PrintWriter(err, true);
  }

  public PrintWriter outWriter() {
    return new PrintWriter(out, true);
  }
}
