package dev.reprise.cli.files;

import java.nio.file.FileSystems;
import java.nio.file.PathMatcher;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts a glob, as {@link java.nio.file.FileSystem#getPathMatcher} defines it. */
final class Globs implements ITypeConverter<PathMatcher> {
  @Override
  public PathMatcher convert(String value) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + value);
    } catch (PatternSyntaxException e) {
      throw new TypeConversionException("'" + value + "' is not a glob: " + e.getDescription());
    }
  }
}
