package dev.reprise.cli.options;

import dev.reprise.evaluation.windows.WindowConfig;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options of the evaluation. */
public final class EvaluationOptions {
  @Option(
      names = "--evaluation-window",
      paramLabel = "TIME",
      description =
          "Length of the event-time windows that metrics are computed over (default: 1d).")
  private Duration window = WindowConfig.DEFAULT_WINDOW;

  @Option(
      names = "--evaluation-retention",
      paramLabel = "TIME",
      description =
          "Windows that begin more than this before the newest one are deleted (default: 400d).")
  private Duration retention = WindowConfig.DEFAULT_RETENTION;

  @Option(
      names = "--evaluation-minimum",
      paramLabel = "N",
      converter = PositiveInteger.class,
      description =
          "Tracks that a window needs before its metrics are exported (default:"
              + " ${DEFAULT-VALUE}).")
  private int minimum = WindowConfig.DEFAULT_MINIMUM;

  public WindowConfig config() {
    return new WindowConfig(window, retention, minimum);
  }
}
