package dev.reprise.cli.output;

/** How far a command is, on standard error. Thread-safe. */
public interface Progress extends AutoCloseable {

  /** One more is done, well or badly. */
  void step();

  /** Ends the display; safe to call again. */
  @Override
  void close();

  /**
   * A bar with rate and time left on a terminal, a line now and then elsewhere.
   *
   * @param task what is being done, put before the bar
   * @param unit what is counted, in the plural
   */
  static Progress of(Terminal terminal, String task, String unit, int total) {
    return terminal.interactive()
        ? new BarProgress(terminal, task, unit, total)
        : new LineProgress(terminal, unit, total);
  }
}
