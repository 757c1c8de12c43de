package dev.reprise.cli.options;

import dev.reprise.extractor.source.AllowedBucket;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts {@code BUCKET} and {@code BUCKET/PREFIX}. */
final class Buckets implements ITypeConverter<AllowedBucket> {
  @Override
  public AllowedBucket convert(String value) {
    try {
      return AllowedBucket.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
