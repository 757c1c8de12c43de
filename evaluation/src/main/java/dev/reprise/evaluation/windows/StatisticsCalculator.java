package dev.reprise.evaluation.windows;

import dev.reprise.evaluation.drift.Histogram;
import dev.reprise.evaluation.series.SeriesKeys;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.Series;
import dev.reprise.evaluation.v1.WindowState;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes the statistics of windows and series from their sums. Corrupt sums yield none, and are
 * logged once per series. Not thread-safe.
 */
final class StatisticsCalculator {
  private static final Logger log = LoggerFactory.getLogger(StatisticsCalculator.class);

  private final WindowSumsStore windows;
  private final ModelReferences references;
  private final int minimum;
  private final LongSupplier clock;

  /** Series whose corruption has been logged. */
  private final Set<String> corrupt = new HashSet<>();

  /**
   * @param minimum predictions below which a window has no drift, and is not the latest
   * @param clock milliseconds since 1970
   */
  StatisticsCalculator(
      WindowSumsStore windows, ModelReferences references, int minimum, LongSupplier clock) {
    this.windows = windows;
    this.references = references;
    this.minimum = minimum;
    this.clock = clock;
  }

  /** Returns the statistics of a series; empty if it is unknown or corrupt. */
  Optional<SeriesStatistics> ofSeries(String series) {
    return unlessCorrupt(
        series, () -> windows.get(SeriesKeys.sinceStart(series)).map(all -> compute(series, all)));
  }

  /** Returns the statistics of one window; empty if it is unknown or corrupt. */
  Optional<WindowStatistics> ofWindow(String key) {
    return windows
        .get(key)
        .flatMap(
            window ->
                unlessCorrupt(
                    SeriesKeys.of(window.getSeries()),
                    () ->
                        Optional.of(
                            compute(window, reference(window.getSeries()), Optional.empty()))));
  }

  boolean hasReference(Series series) {
    return reference(series).isPresent();
  }

  private <T> Optional<T> unlessCorrupt(String series, Supplier<Optional<T>> statistics) {
    try {
      return statistics.get();
    } catch (IllegalArgumentException e) {
      // A topic or state was partly deleted. The other series are not affected.
      if (corrupt.add(series)) {
        log.error(
            "Cannot compute the statistics of {}: {}. Restart the evaluation from the beginning,"
                + " see docs/OPERATIONS.md.",
            series.replace('\0', ' '),
            e.getMessage());
      }
      return Optional.empty();
    }
  }

  private SeriesStatistics compute(String series, WindowState all) {
    Optional<Histogram> reference = reference(all.getSeries());
    Histogram earlier = WindowSums.histogram(all);
    Optional<WindowStatistics> latest = Optional.empty();
    Optional<WindowStatistics> latestWithTruth = Optional.empty();
    // A series with too few predictions in total has no window with enough.
    boolean wantsLatest = all.getDistribution().getCount() >= minimum;
    boolean wantsTruth = all.getErrors().getCount() >= minimum;
    long now = clock.getAsLong();
    try (KeyValueIterator<String, WindowState> newestFirst = windows.newestFirst(series)) {
      while (newestFirst.hasNext() && (wantsLatest || wantsTruth)) {
        WindowState window = newestFirst.next().value;
        if (wantsLatest) {
          earlier = earlier.minus(WindowSums.histogram(window));
        }
        if (window.getWindowStartMs() > now) {
          // Caused by a wrong clock of a producer; it must not hide the current window.
          continue;
        }
        if (wantsLatest && window.getDistribution().getCount() >= minimum) {
          latest = Optional.of(compute(window, reference, Optional.of(earlier)));
          wantsLatest = false;
        }
        if (wantsTruth && window.getErrors().getCount() >= minimum) {
          latestWithTruth = Optional.of(compute(window, reference, Optional.empty()));
          wantsTruth = false;
        }
      }
    }
    return new SeriesStatistics(
        all.getSeries(), compute(all, reference, Optional.empty()), latest, latestWithTruth);
  }

  private Optional<Histogram> reference(Series series) {
    return references.of(series.getModel(), Variable.ofLabel(series.getVariable()));
  }

  private WindowStatistics compute(
      WindowState window, Optional<Histogram> reference, Optional<Histogram> earlier) {
    return WindowStatistics.of(window, reference, earlier, minimum);
  }
}
