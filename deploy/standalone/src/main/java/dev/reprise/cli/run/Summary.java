package dev.reprise.cli.run;

import dev.reprise.cli.print.PredictionTable;
import dev.reprise.contract.v1.Prediction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run came to. Not thread-safe. */
public final class Summary {
  private final long startNanos = System.nanoTime();
  private double seconds;
  private int predicted;
  private double audioSeconds;
  private @Nullable Prediction last;
  private List<Failure> failures = List.of();

  Summary() {}

  void add(Prediction prediction) {
    predicted++;
    audioSeconds += prediction.getDurationSeconds();
    last = prediction;
  }

  void finish(List<Failure> failures) {
    this.failures = List.copyOf(failures);
    this.seconds = (System.nanoTime() - startNanos) / 1e9;
  }

  public boolean allWell() {
    return failures.isEmpty();
  }

  /**
   * The lines to print, the failures last.
   *
   * @param withLegend whether to explain the table's marks
   */
  public List<String> lines(boolean withLegend) {
    List<String> lines = new ArrayList<>();
    if (withLegend && last != null) {
      PredictionTable.legend(last).ifPresent(lines::add);
    }
    lines.add(
        "%d of %d tracks in %.1f s: %.0f s of audio, %.0f times as fast as it plays."
            .formatted(
                predicted,
                predicted + failures.size(),
                seconds,
                audioSeconds,
                audioSeconds / seconds));
    if (!failures.isEmpty()) {
      lines.add(failures.size() == 1 ? "1 file failed:" : failures.size() + " files failed:");
    }
    for (Failure failure : failures) {
      lines.add(
          "  %s: %s: %s".formatted(failure.track().file(), failure.reason(), failure.message()));
    }
    return lines;
  }
}
