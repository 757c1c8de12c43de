package dev.reprise.evaluation.windows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The windows of the evaluation.
 *
 * @param window length of the windows, in event time
 * @param retention windows that begin more than this before the newest window of their series are
 *     deleted
 * @param minimum number of tracks below which statistics of a window are not exported
 */
public record WindowConfig(Duration window, Duration retention, int minimum) {
  public static final Duration DEFAULT_WINDOW = Duration.ofDays(1);
  public static final Duration DEFAULT_RETENTION = Duration.ofDays(400);
  public static final int DEFAULT_MINIMUM = 100;

  private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);
  private static final Duration LONGEST_WINDOW = Duration.ofDays(366);

  public static WindowConfig defaults() {
    return new WindowConfig(DEFAULT_WINDOW, DEFAULT_RETENTION, DEFAULT_MINIMUM);
  }

  /** Returns the configuration errors, one sentence each. */
  public List<String> errors() {
    List<String> errors = new ArrayList<>();
    if (window.compareTo(SHORTEST_WINDOW) < 0 || window.compareTo(LONGEST_WINDOW) > 0) {
      errors.add("--evaluation-window must be between 1s and 366d.");
    }
    if (retention.compareTo(window) < 0) {
      errors.add("--evaluation-retention must be at least as long as --evaluation-window.");
    }
    if (minimum < 1) {
      errors.add("--evaluation-minimum is " + minimum + "; it must be at least 1.");
    }
    return errors;
  }
}
