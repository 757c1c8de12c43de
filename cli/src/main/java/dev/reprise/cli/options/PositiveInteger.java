package dev.reprise.cli.options;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts an integer of at least 1. */
public final class PositiveInteger implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String value) {
    try {
      int count = Integer.parseInt(value);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a number below one is.
    }
    throw new TypeConversionException("'" + value + "' is not an integer of 1 or more");
  }
}
