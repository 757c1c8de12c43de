package dev.reprise.cli.output;

/** The progress of a command, shown on standard error. Thread-safe. */
public interface Progress extends AutoCloseable {

  /** Counts one more item as done, successful or failed. */
  void step();

  /** Ends the display; safe to call again. */
  @Override
  void close();

  /**
   * Returns a bar with rate and remaining time on a terminal, and periodic lines elsewhere.
   *
   * @param task what is being done, shown before the bar
   * @param unit what is counted, in the plural
   */
  static Progress of(Terminal terminal, String task, String unit, int total) {
    return terminal.interactive()
        ? new BarProgress(terminal, task, unit, total)
        : new LineProgress(terminal, unit, total);
  }
}
