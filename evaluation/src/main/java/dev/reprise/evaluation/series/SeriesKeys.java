package dev.reprise.evaluation.series;

import dev.reprise.evaluation.v1.Series;
import dev.reprise.evaluation.v1.WindowState;
import java.util.Locale;

/**
 * Keys of series and of their windows. In a store that is sorted by bytes, the windows of a series
 * are in chronological order. NUL separates the parts, none of which contains it.
 */
public final class SeriesKeys {
  private static final char SEPARATOR = '\0';

  private SeriesKeys() {}

  public static String of(Series series) {
    return series.getRole() + SEPARATOR + series.getModel() + SEPARATOR + series.getVariable();
  }

  /** Returns the key of the sums of a series since the start. */
  public static String sinceStart(String series) {
    return series + SEPARATOR + "all";
  }

  private static String window(String series, long startMillis, long endMillis) {
    return series + SEPARATOR + String.format(Locale.ROOT, "%019d-%019d", startMillis, endMillis);
  }

  public static String of(WindowState state) {
    String series = of(state.getSeries());
    return state.getWindowEndMs() == 0
        ? sinceStart(series)
        : window(series, state.getWindowStartMs(), state.getWindowEndMs());
  }

  /** Returns the lower bound of the keys of a series' windows. */
  public static String firstWindow(String series) {
    return window(series, 0, 0);
  }

  /** Returns the upper bound of the keys of a series' windows that start before a time. */
  public static String windowsBefore(String series, long startMillis) {
    return window(series, startMillis, 0);
  }

  /** Returns the upper bound of the keys of a series' windows. */
  public static String lastWindow(String series) {
    return window(series, Long.MAX_VALUE, Long.MAX_VALUE);
  }
}
