package dev.reprise.evaluation.windows;

import dev.reprise.evaluation.drift.Histogram;
import dev.reprise.evaluation.series.SeriesKeys;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.Observation;
import dev.reprise.evaluation.v1.Series;
import dev.reprise.evaluation.v1.WindowState;
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
 * retention before the newest of its series is deleted, and refuses corrections, for good; the sums
 * since the start never do. What is expired follows from the windows themselves, so that the same
 * records leave the same windows whenever they are read; only a window in the future counts as one
 * of now, or a single event with a wrong clock would expire all others. Not thread-safe.
 */
final class WindowStore {
  private final KeyValueStore<String, WindowState> store;
  private final WindowConfig config;
  private final LongSupplier clock;

  /** When the newest window of a series begins. */
  private final Map<String, Long> newest = new HashMap<>();

  /** Up to where the windows of a series have been deleted by this object. */
  private final Map<String, Long> deleted = new HashMap<>();

  /**
   * @param clock milliseconds since 1970
   */
  WindowStore(KeyValueStore<String, WindowState> store, WindowConfig config, LongSupplier clock) {
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
    return update(series, observation, 1);
  }

  /** Takes an observation back that was counted before; as {@link #add}. */
  List<String> subtract(Series series, Observation observation) {
    return update(series, observation, -1);
  }

  private List<String> update(Series series, Observation observation, int sign) {
    String key = SeriesKeys.of(series);
    String sinceStart = SeriesKeys.sinceStart(key);
    WindowState empty = WindowState.newBuilder().setSeries(series).build();
    WindowState all = get(sinceStart).orElse(empty);
    // Kept, because a longer retention or a slower clock must not bring back what was deleted.
    long oldest =
        Math.max(
            all.getExpiredBeforeMs(),
            Math.min(newest(key), clock.getAsLong()) - config.retention().toMillis());
    deleteBefore(key, oldest);
    store.put(
        sinceStart, with(all, observation, sign).toBuilder().setExpiredBeforeMs(oldest).build());
    if (observation.getWindowStartMs() < oldest) {
      return List.of(sinceStart);
    }
    WindowState window =
        empty.toBuilder()
            .setWindowStartMs(observation.getWindowStartMs())
            .setWindowEndMs(observation.getWindowEndMs())
            .build();
    String windowKey = SeriesKeys.of(window);
    store.put(windowKey, with(get(windowKey).orElse(window), observation, sign));
    return List.of(sinceStart, windowKey);
  }

  private static WindowState with(WindowState window, Observation observation, int sign) {
    return sign > 0 ? WindowSums.plus(window, observation) : WindowSums.minus(window, observation);
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

  /** Looks once for each window that expires. */
  private void deleteBefore(String series, long oldest) {
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

  /**
   * What is to be exported of a series; empty where nothing is known of it.
   *
   * @throws IllegalArgumentException if the sums contradict themselves
   */
  Optional<SeriesFigures> figures(String series, ModelReferences references) {
    Optional<WindowState> all = get(SeriesKeys.sinceStart(series));
    if (all.isEmpty()) {
      return Optional.empty();
    }
    Series named = all.get().getSeries();
    Optional<Histogram> training = training(named, references);
    Histogram earlier = WindowSums.histogram(all.get());
    Optional<WindowFigures> latest = Optional.empty();
    Optional<WindowFigures> latestWithTruth = Optional.empty();
    // Where there is not enough in all, there is no need to look at each.
    boolean wantsLatest = all.get().getDistribution().getCount() >= config.minimum();
    boolean wantsTruth = all.get().getErrors().getCount() >= config.minimum();
    long now = clock.getAsLong();
    try (KeyValueIterator<String, WindowState> windows = newestFirst(series)) {
      while (windows.hasNext() && (wantsLatest || wantsTruth)) {
        WindowState window = windows.next().value;
        if (wantsLatest) {
          earlier = earlier.minus(WindowSums.histogram(window));
        }
        if (window.getWindowStartMs() > now) {
          // Of a producer whose clock is wrong; what happens now must not hide behind it.
          continue;
        }
        if (wantsLatest && window.getDistribution().getCount() >= config.minimum()) {
          latest = Optional.of(figures(window, training, Optional.of(earlier)));
          wantsLatest = false;
        }
        if (wantsTruth && window.getErrors().getCount() >= config.minimum()) {
          latestWithTruth = Optional.of(figures(window, training, Optional.empty()));
          wantsTruth = false;
        }
      }
    }
    return Optional.of(
        new SeriesFigures(
            named, figures(all.get(), training, Optional.empty()), latest, latestWithTruth));
  }

  /**
   * The figures of one window.
   *
   * @throws IllegalArgumentException if its sums contradict themselves
   */
  WindowFigures figures(WindowState window, ModelReferences references) {
    return figures(window, training(window.getSeries(), references), Optional.empty());
  }

  private static Optional<Histogram> training(Series series, ModelReferences references) {
    return references.of(series.getModel(), Variable.ofLabel(series.getVariable()));
  }

  private WindowFigures figures(
      WindowState window, Optional<Histogram> training, Optional<Histogram> earlier) {
    return WindowFigures.of(window, training, earlier, config.minimum());
  }
}
