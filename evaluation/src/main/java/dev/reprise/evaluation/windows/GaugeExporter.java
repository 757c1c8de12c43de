package dev.reprise.evaluation.windows;

import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.Series;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Exports the series of one task as gauges, and removes them when the task closes. Not thread-safe.
 */
final class GaugeExporter {
  private final StatisticsCalculator statistics;
  private final EvaluationMeters meters;
  private final int minimum;

  private final Set<String> changed = new HashSet<>();
  private final Set<String> exported = new HashSet<>();

  /** Series whose model's reference has not been read yet. */
  private final Map<String, Series> withoutReference = new HashMap<>();

  /**
   * @param minimum predictions, or pairs, below which statistics since the start are not exported
   */
  GaugeExporter(StatisticsCalculator statistics, EvaluationMeters meters, int minimum) {
    this.statistics = statistics;
    this.meters = meters;
    this.minimum = minimum;
  }

  void markChanged(String series) {
    changed.add(series);
  }

  void markChanged(Collection<String> series) {
    changed.addAll(series);
  }

  /** Marks the series whose reference has arrived as changed, and returns them. */
  List<String> takeNewlyReferenced() {
    List<String> ready = new ArrayList<>();
    withoutReference.forEach(
        (key, series) -> {
          if (statistics.hasReference(series)) {
            ready.add(key);
          }
        });
    ready.forEach(withoutReference::remove);
    changed.addAll(ready);
    return ready;
  }

  /** Exports the series that have changed. */
  void export() {
    if (changed.isEmpty()) {
      return;
    }
    changed.forEach(key -> statistics.ofSeries(key).ifPresent(series -> put(key, series)));
    changed.clear();
    meters.refresh();
  }

  private void put(String key, SeriesStatistics series) {
    meters.put(key, series, minimum);
    exported.add(key);
    // Models have no reference distribution of the duration.
    if (!series.series().getVariable().equals(Variable.DURATION.label())
        && !statistics.hasReference(series.series())) {
      withoutReference.put(key, series.series());
    }
  }

  void close() {
    meters.remove(exported);
    exported.clear();
    changed.clear();
    withoutReference.clear();
  }
}
