package dev.reprise.cli.options;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts {@code 500ms}, {@code 30s}, {@code 15m}, {@code 2h} and {@code 400d}. */
public final class Durations implements ITypeConverter<Duration> {
  private static final Pattern FORMAT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Map<String, Long> MILLISECONDS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  @Override
  public Duration convert(String value) {
    Matcher matcher = FORMAT.matcher(value);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'" + value + "' is not a duration; write for example 500ms, 30s, 15m, 2h or 7d");
    }
    long unit = MILLISECONDS.getOrDefault(matcher.group(2), 0L);
    return Duration.ofMillis(Long.parseLong(matcher.group(1)) * unit);
  }
}
