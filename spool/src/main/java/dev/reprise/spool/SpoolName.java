package dev.reprise.spool;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The name of an upload in the spool: a random UUID, and so neither a path nor a guess. Events name
 * it as {@code spool:/UUID}, which says nothing about where the spool is.
 *
 * @param text the UUID, in lower case
 */
public record SpoolName(String text) {
  public static final String SCHEME = "spool";

  private static final Pattern UUID_V4 =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

  public SpoolName {
    if (!UUID_V4.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a random UUID");
    }
  }

  /** Returns a new name, which cannot be guessed. */
  public static SpoolName random() {
    return new SpoolName(UUID.randomUUID().toString());
  }

  /** Returns the name that a file or object in the spool has; empty if it is not an upload. */
  static Optional<SpoolName> parse(String text) {
    return UUID_V4.matcher(text).matches() ? Optional.of(new SpoolName(text)) : Optional.empty();
  }

  /**
   * Returns the upload that a URI names, as written: a percent-encoded character is not decoded.
   *
   * @throws RejectedException ({@link Reason#BAD_URI}) if it is not {@code spool:/UUID}
   */
  public static SpoolName of(SourceUri source) throws RejectedException {
    String text = source.uri().toString();
    String path = text.substring(text.indexOf(':') + 1);
    return parse(path.startsWith("/") ? path.substring(1) : "")
        .orElseThrow(
            () ->
                new RejectedException(
                    Reason.BAD_URI,
                    "The URI "
                        + source
                        + " does not name an upload; only the API makes spool: URIs."));
  }

  /** Returns the URI that events name the upload by. */
  public String uri() {
    return SCHEME + ":/" + text;
  }

  @Override
  public String toString() {
    return text;
  }
}
