package dev.reprise.cli.options;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token, given as a value or by a file, which is read once: it may be a pipe. Not
 * thread-safe.
 */
public final class Token {
  private static final String PRINTABLE = "[!-~]+";

  private final String option;
  private @Nullable String text;

  /**
   * @param option long name of the option of the value, for messages
   */
  public Token(String option) {
    this.option = option;
  }

  /**
   * Returns the token, without the line break that ends its file.
   *
   * @throws ConfigurationException if both are given, the file cannot be read, or the token cannot
   *     be sent in a header
   */
  public Optional<String> of(@Nullable String value, @Nullable Path file)
      throws ConfigurationException {
    if (value != null && file != null) {
      throw new ConfigurationException(
          "Both %s and %s-file are set; leave one out.".formatted(option, option));
    }
    if (text == null && (value != null || file != null)) {
      text = requireValid(file == null ? value : read(file));
    }
    return Optional.ofNullable(text);
  }

  private String read(Path file) throws ConfigurationException {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new ConfigurationException(
          "%s-file: %s cannot be read: %s.".formatted(option, file, e));
    }
  }

  private String requireValid(@Nullable String token) throws ConfigurationException {
    if (token == null || token.isBlank()) {
      throw new ConfigurationException(
          option + " is empty; omit it to allow requests without a token.");
    }
    if (!token.matches(PRINTABLE)) {
      throw new ConfigurationException(
          option
              + " must have only printable ASCII characters and no blanks; a header can carry no"
              + " others.");
    }
    return token;
  }
}
