package dev.reprise.evaluation.series;

import dev.reprise.evaluation.v1.Series;
import dev.reprise.evaluation.v1.WindowState;
import java.util.Locale;

/**
 * Keys of series and of their windows, such that the windows of a series stand in the order of time
 * in a store that is sorted by bytes. NUL separates the parts; none of them has one.
 */
public final class SeriesKeys {
  private static final char SEPARATOR = '\0';

  private SeriesKeys() {}

  public static String of(Series series) {
    return series.getRole() + SEPARATOR + series.getModel() + SEPARATOR + series.getVariable();
  }

  /** Of the figures since the start. */
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

  /** Where the windows of a series begin. */
  public static String firstWindow(String series) {
    return window(series, 0, 0);
  }

  /** Where those windows end that begin before a time. */
  public static String windowsBefore(String series, long startMillis) {
    return window(series, startMillis, 0);
  }

  public static String lastWindow(String series) {
    return window(series, Long.MAX_VALUE, Long.MAX_VALUE);
  }
}
