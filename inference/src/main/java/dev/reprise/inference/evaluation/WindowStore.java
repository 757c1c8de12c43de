package dev.reprise.inference.evaluation;

import dev.reprise.inference.drift.Histogram;
import dev.reprise.inference.v1.Observation;
import dev.reprise.inference.v1.Series;
import dev.reprise.inference.v1.WindowState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The sums of every series, by window and since the start. A window that begins more than the
 * retention before the newest of its series is deleted, and refuses corrections; the sums since the
 * start never do. What is expired follows from the windows themselves, so that the same records
 * leave the same windows whenever they are read; only a window in the future counts as one of now,
 * or a single event with a wrong clock would expire all others. Not thread-safe.
 */
final class WindowStore {
  private final KeyValueStore<String, WindowState> store;
  private final EvaluationConfig config;
  private final LongSupplier clock;

  /** When the newest window of a series begins. */
  private final Map<String, Long> newest = new HashMap<>();

  /** Up to where the windows of a series have been deleted. */
  private final Map<String, Long> deleted = new HashMap<>();

  /**
   * @param clock milliseconds since 1970
   */
  WindowStore(
      KeyValueStore<String, WindowState> store, EvaluationConfig config, LongSupplier clock) {
    this.store = store;
    this.config = config;
    this.clock = clock;
  }

  /** The keys of every series in the store. */
  List<String> series() {
    List<String> series = new ArrayList<>();
    try (KeyValueIterator<String, WindowState> all = store.all()) {
      all.forEachRemaining(
          entry -> {
            String key = SeriesKeys.of(entry.value.getSeries());
            if (series.isEmpty() || !series.get(series.size() - 1).equals(key)) {
              series.add(key);
            }
          });
    }
    return series;
  }

  Optional<WindowState> get(String key) {
    return Optional.ofNullable(store.get(key));
  }

  /**
   * Counts an observation.
   *
   * @return the keys of the sums that changed; one only, where the window is too old
   */
  List<String> add(Series series, Observation observation) {
    String key = SeriesKeys.of(series);
    newest.put(key, Math.max(newest(key), observation.getWindowStartMs()));
    deleteExpired(key);
    return update(series, observation, 1);
  }

  /** Takes an observation back that was counted before; as {@link #add}. */
  List<String> subtract(Series series, Observation observation) {
    return update(series, observation, -1);
  }

  private List<String> update(Series series, Observation observation, int sign) {
    String key = SeriesKeys.of(series);
    List<String> changed = new ArrayList<>();
    WindowState empty = WindowState.newBuilder().setSeries(series).build();
    changed.add(put(SeriesKeys.sinceStart(key), empty, observation, sign));
    if (observation.getWindowStartMs() >= oldest(key)) {
      WindowState window =
          empty.toBuilder()
              .setWindowStartMs(observation.getWindowStartMs())
              .setWindowEndMs(observation.getWindowEndMs())
              .build();
      changed.add(put(SeriesKeys.of(window), window, observation, sign));
    }
    return changed;
  }

  private String put(String key, WindowState empty, Observation observation, int sign) {
    WindowState before = get(key).orElse(empty);
    store.put(
        key, sign > 0 ? Windows.plus(before, observation) : Windows.minus(before, observation));
    return key;
  }

  /** The begin of the oldest window that is kept. */
  private long oldest(String series) {
    return Math.min(newest(series), clock.getAsLong()) - config.retention().toMillis();
  }

  private long newest(String series) {
    return newest.computeIfAbsent(
        series,
        key -> {
          try (KeyValueIterator<String, WindowState> windows = newestFirst(key)) {
            return windows.hasNext() ? windows.next().value.getWindowStartMs() : -1;
          }
        });
  }

  private KeyValueIterator<String, WindowState> newestFirst(String series) {
    return store.reverseRange(SeriesKeys.firstWindow(series), SeriesKeys.lastWindow(series));
  }

  /** Once for each window that expires. */
  private void deleteExpired(String series) {
    long oldest = oldest(series);
    if (oldest < deleted.getOrDefault(series, 0L) + config.window().toMillis()) {
      return;
    }
    deleted.put(series, oldest);
    List<String> expired = new ArrayList<>();
    try (KeyValueIterator<String, WindowState> windows =
        store.range(SeriesKeys.firstWindow(series), SeriesKeys.windowsBefore(series, oldest))) {
      windows.forEachRemaining(entry -> expired.add(entry.key));
    }
    expired.forEach(store::delete);
  }

  /** What is to be exported of a series; empty where nothing is known of it. */
  Optional<SeriesFigures> figures(String series, ModelReferences references) {
    Optional<WindowState> all = get(SeriesKeys.sinceStart(series));
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Series named = all.get().getSeries();
    Optional<Histogram> training =
        references.of(named.getModel(), Variable.ofLabel(named.getVariable()));
    Histogram earlier = Windows.histogram(all.get());
    Optional<Figures> latest = Optional.empty();
    Optional<Figures> latestWithTruth = Optional.empty();
    try (KeyValueIterator<String, WindowState> windows = newestFirst(series)) {
      while (windows.hasNext() && (latest.isEmpty() || latestWithTruth.isEmpty())) {
        WindowState window = windows.next().value;
        if (latest.isEmpty()) {
          earlier = earlier.minus(Windows.histogram(window));
          if (window.getDistribution().getCount() >= config.minimum()) {
            latest = Optional.of(figures(window, training, Optional.of(earlier)));
          }
        }
        if (latestWithTruth.isEmpty() && window.getErrors().getCount() >= config.minimum()) {
          latestWithTruth = Optional.of(figures(window, training, Optional.empty()));
        }
      }
    }
    return Optional.of(
        new SeriesFigures(
            named, figures(all.get(), training, Optional.empty()), latest, latestWithTruth));
  }

  private Figures figures(
      WindowState window, Optional<Histogram> training, Optional<Histogram> earlier) {
    return Figures.of(window, training, earlier, config.minimum());
  }
}
