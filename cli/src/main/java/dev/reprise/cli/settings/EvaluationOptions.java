package dev.reprise.cli.settings;

import dev.reprise.inference.evaluation.EvaluationConfig;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How predictions are held against truth and against the model's reference. */
public final class EvaluationOptions {
  @Option(
      names = "--evaluation-window",
      paramLabel = "TIME",
      description = "Length of the windows of event time that figures are kept for (default: 1d).")
  private Duration window = EvaluationConfig.DEFAULT_WINDOW;

  @Option(
      names = "--evaluation-retention",
      paramLabel = "TIME",
      description = "How long a window is kept after the newest one's begin (default: 400d).")
  private Duration retention = EvaluationConfig.DEFAULT_RETENTION;

  @Option(
      names = "--evaluation-minimum",
      paramLabel = "N",
      converter = Counts.class,
      description =
          "Tracks that a window must have before figures of it are exported (default:"
              + " ${DEFAULT-VALUE}).")
  private int minimum = EvaluationConfig.DEFAULT_MINIMUM;

  public EvaluationConfig config() {
    return new EvaluationConfig(window, retention, minimum);
  }
}
