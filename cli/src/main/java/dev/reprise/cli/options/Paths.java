package dev.reprise.cli.options;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Converts paths and {@code file:} URIs; a URI can name a file whose bytes are not text: {@code
 * file:///music/caf%E8.wav}.
 */
public final class Paths implements ITypeConverter<Path> {
  @Override
  public Path convert(String value) {
    try {
      return value.startsWith("file:/") ? Path.of(URI.create(value)) : Path.of(value);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "'%s' is not a valid path in this locale (%s); set LC_ALL=C.UTF-8."
              .formatted(value, System.getProperty("sun.jnu.encoding")));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'%s' is not a file: URI.".formatted(value));
    }
  }
}
