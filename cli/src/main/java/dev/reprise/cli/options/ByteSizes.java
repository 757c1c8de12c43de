package dev.reprise.cli.options;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts {@code 1048576}, {@code 512KiB}, {@code 64MiB} and {@code 2GiB} as bytes. */
public final class ByteSizes implements ITypeConverter<Long> {
  private static final Pattern FORMAT = Pattern.compile("(\\d{1,12})(|KiB|MiB|GiB)");
  private static final Map<String, Integer> SHIFTS = Map.of("", 0, "KiB", 10, "MiB", 20, "GiB", 30);

  @Override
  public Long convert(String value) {
    Matcher matcher = FORMAT.matcher(value);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'" + value + "' is not a size; write bytes, or for example 512KiB, 64MiB or 2GiB");
    }
    return Long.parseLong(matcher.group(1)) << SHIFTS.getOrDefault(matcher.group(2), 0);
  }
}
