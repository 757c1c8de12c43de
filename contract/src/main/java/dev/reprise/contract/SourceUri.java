package dev.reprise.contract;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URI of an audio event, without credentials. {@link #toString} shows scheme, host, port and
 * path only: a query may contain a signature or a token.
 *
 * @param uri absolute
 */
public record SourceUri(URI uri) {
  /** The error message for a URI with credentials. */
  public static final String CREDENTIALS_FAULT =
      "The URI contains a user name or password, which events and dead letters would expose; use"
          + " a signed URL, or a host that needs no credentials.";

  private static final Pattern CREDENTIALS = Pattern.compile("^[^/?#]*//[^/?#]*@");

  /**
   * Parses the URI of an event. Messages never repeat the text: text that cannot be parsed cannot
   * be masked.
   *
   * @throws RejectedException ({@link Reason#BAD_URI}) if the text is not a URI or has credentials
   */
  public static SourceUri parse(String text) throws RejectedException {
    if (hasCredentials(text)) {
      throw new RejectedException(Reason.BAD_URI, CREDENTIALS_FAULT);
    }
    try {
      return new SourceUri(new URI(text));
    } catch (URISyntaxException e) {
      throw new RejectedException(
          Reason.BAD_URI,
          "The URI is malformed ("
              + e.getReason()
              + " at index "
              + e.getIndex()
              + "); spaces and other special characters must be percent-encoded.");
    }
  }

  /** Returns whether a user name or password precedes the host, even if the rest is malformed. */
  public static boolean hasCredentials(String text) {
    return CREDENTIALS.matcher(text).find();
  }

  /** Returns the scheme in lower case; empty for a relative reference. */
  public String scheme() {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }

  /** Returns the host; empty if the URI has none. */
  public String host() {
    return orEmpty(uri.getHost());
  }

  @Override
  public String toString() {
    String authority = uri.getRawAuthority();
    if (authority != null && uri.getHost() == null) {
      // Part of a malformed authority may be a password.
      return scheme() + "://...";
    }
    return (scheme().isEmpty() ? "" : scheme() + ":")
        + (uri.getRawSchemeSpecificPart().startsWith("//") ? "//" : "")
        + orEmpty(authority)
        + orEmpty(uri.getRawPath())
        + (uri.getRawQuery() == null ? "" : "?...");
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
