package dev.reprise.evaluation.windows;

import dev.reprise.evaluation.series.SeriesKeys;
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
 * The sums of every series, by window and since the start.
 *
 * <p>A window that starts more than the retention before the newest of its series is deleted, and
 * rejects updates permanently; the sums since the start accept all. Expiry depends only on the
 * windows, so that the same records leave the same windows whenever they are read. A window in the
 * future is treated as the current one, since a single event with a wrong clock would otherwise
 * expire all others. Decision 40 explains why this is not a window store of Kafka Streams. Not
 * thread-safe.
 */
final class WindowSumsStore {
  /**
   * The effect of an observation on the sums.
   *
   * @param changedKeys keys of the windows that changed
   * @param refused whether the window had expired, so that only the sums since the start changed
   */
  record Update(List<String> changedKeys, boolean refused) {}

  private final KeyValueStore<String, WindowState> store;
  private final WindowConfig config;
  private final LongSupplier clock;

  /** Start of the newest window, by series. */
  private final Map<String, Long> newest = new HashMap<>();

  /** Start before which this object has deleted all windows, by series. */
  private final Map<String, Long> deleted = new HashMap<>();

  /**
   * @param clock milliseconds since 1970
   */
  WindowSumsStore(
      KeyValueStore<String, WindowState> store, WindowConfig config, LongSupplier clock) {
    this.store = store;
    this.config = config;
    this.clock = clock;
  }

  /** Returns the keys of all series in the store. */
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

  /** Adds an observation. */
  Update add(Series series, Observation observation) {
    String key = SeriesKeys.of(series);
    newest.put(key, Math.max(newest(key), observation.getWindowStartMs()));
    return update(series, observation, 1);
  }

  /** Subtracts an observation that was added before. */
  Update subtract(Series series, Observation observation) {
    return update(series, observation, -1);
  }

  private Update update(Series series, Observation observation, int sign) {
    String key = SeriesKeys.of(series);
    String sinceStart = SeriesKeys.sinceStart(key);
    WindowState empty = WindowState.newBuilder().setSeries(series).build();
    WindowState all = get(sinceStart).orElse(empty);
    // Stored, because a longer retention or a slower clock must not recreate deleted windows.
    long oldest =
        Math.max(
            all.getExpiredBeforeMs(),
            Math.min(newest(key), clock.getAsLong()) - config.retention().toMillis());
    deleteBefore(key, oldest);
    store.put(
        sinceStart,
        WindowSums.update(all, observation, sign).toBuilder().setExpiredBeforeMs(oldest).build());
    if (observation.getWindowStartMs() < oldest) {
      return new Update(List.of(sinceStart), true);
    }
    WindowState window =
        empty.toBuilder()
            .setWindowStartMs(observation.getWindowStartMs())
            .setWindowEndMs(observation.getWindowEndMs())
            .build();
    String windowKey = SeriesKeys.of(window);
    store.put(windowKey, WindowSums.update(get(windowKey).orElse(window), observation, sign));
    return new Update(List.of(sinceStart, windowKey), false);
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

  /** Iterates over the windows of a series, the newest first; the caller closes it. */
  KeyValueIterator<String, WindowState> newestFirst(String series) {
    return store.reverseRange(SeriesKeys.firstWindow(series), SeriesKeys.lastWindow(series));
  }

  /** Deletes expired windows; scans once per window length. */
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
}
