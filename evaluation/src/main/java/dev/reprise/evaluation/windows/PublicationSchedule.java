package dev.reprise.evaluation.windows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Schedules the publication of windows. While tracks arrive, a window changes with each of them; it
 * is due when it has not changed for a second, or has been changing for a minute. The keys of
 * unsent windows are in a store, so that the final statistics of a window are published even if
 * this instance fails. Not thread-safe.
 */
final class PublicationSchedule {
  private static final long QUIET_MILLIS = 1_000;
  private static final long MAX_DELAY_MILLIS = 60_000;

  /** Bounds the length of a transaction when there is a backlog. */
  private static final int MAX_DUE = 2_000;

  private static final byte[] PRESENT = new byte[0];

  private final KeyValueStore<String, byte[]> unsent;

  /** When an unsent window changed; absent for those from before a restart. */
  private final Map<String, ChangeTimes> changeTimes = new HashMap<>();

  private record ChangeTimes(long firstMillis, long lastMillis) {}

  PublicationSchedule(KeyValueStore<String, byte[]> unsent) {
    this.unsent = unsent;
  }

  /** Schedules a window that has changed. */
  void markChanged(String window, long nowMillis) {
    unsent.put(window, PRESENT);
    changeTimes.merge(
        window,
        new ChangeTimes(nowMillis, nowMillis),
        (before, latest) -> new ChangeTimes(before.firstMillis, nowMillis));
  }

  /** Schedules a window for the next publication, unless it keeps changing. */
  void publishSoon(String window) {
    unsent.put(window, PRESENT);
  }

  /** Returns the windows to publish now, and removes them from the schedule. */
  List<String> takeDue(long nowMillis) {
    List<String> due = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = unsent.all()) {
      while (all.hasNext() && due.size() < MAX_DUE) {
        String window = all.next().key;
        if (isDue(changeTimes.get(window), nowMillis)) {
          due.add(window);
        }
      }
    }
    for (String window : due) {
      unsent.delete(window);
      changeTimes.remove(window);
    }
    return due;
  }

  private static boolean isDue(@Nullable ChangeTimes times, long nowMillis) {
    return times == null
        || nowMillis - times.lastMillis >= QUIET_MILLIS
        || nowMillis - times.firstMillis >= MAX_DELAY_MILLIS;
  }
}
