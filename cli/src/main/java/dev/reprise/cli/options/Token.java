package dev.reprise.cli.options;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A bearer token, given as a value or by a file. */
public final class Token {
  private Token() {}

  /**
   * Returns the token, without the line break that ends its file.
   *
   * @param option long name of the option of the value, for messages
   * @throws ConfigurationException if both are given, or the file cannot be read
   */
  public static Optional<String> of(String option, @Nullable String value, @Nullable Path file)
      throws ConfigurationException {
    if (file == null) {
      return Optional.ofNullable(value);
    }
    if (value != null) {
      throw new ConfigurationException(
          "Both %s and %s-file are set; leave one out.".formatted(option, option));
    }
    try {
      return Optional.of(Files.readString(file).strip());
    } catch (IOException e) {
      throw new ConfigurationException(
          "%s-file: %s cannot be read: %s.".formatted(option, file, e));
    }
  }
}
