package dev.reprise.cli.run;

import dev.reprise.cli.files.TrackSelection;
import dev.reprise.cli.output.PredictionTable;
import dev.reprise.contract.v1.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The summary of a run. Not thread-safe. */
public final class RunSummary {
  private final long startNanos = System.nanoTime();
  private double seconds;
  private int predicted;
  private double audioSeconds;
  private @Nullable Prediction last;
  private final TrackSelection selection;
  private List<String> failures = List.of();

  RunSummary(TrackSelection selection) {
    this.selection = selection;
  }

  void add(Prediction prediction) {
    predicted++;
    audioSeconds += prediction.getDurationSeconds();
    last = prediction;
  }

  /**
   * Ends the run.
   *
   * @param failures a sentence for each track that failed
   */
  void finish(List<String> failures) {
    this.failures = Stream.of(selection.errors(), failures).flatMap(List::stream).toList();
    this.seconds = (System.nanoTime() - startNanos) / 1e9;
  }

  public boolean isSuccess() {
    return failures.isEmpty();
  }

  /**
   * Returns the lines to print, the failures last.
   *
   * @param withLegend whether to explain the table's marks
   */
  public List<String> lines(boolean withLegend) {
    List<String> lines = new ArrayList<>();
    if (withLegend && last != null) {
      PredictionTable.legend(last).ifPresent(lines::add);
    }
    lines.add(
        "%d of %d tracks in %.1f s: %.0f s of audio, %.0fx real time."
            .formatted(
                predicted,
                selection.tracks().size(),
                seconds,
                audioSeconds,
                audioSeconds / seconds));
    selection.skipped().ifPresent(lines::add);
    if (!failures.isEmpty()) {
      lines.add(failures.size() + " failed:");
      failures.forEach(failure -> lines.add("  " + failure));
    }
    return lines;
  }
}
