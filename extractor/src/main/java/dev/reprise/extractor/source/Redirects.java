package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import java.net.URI;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code Location} headers as browsers do: servers write paths into them as they are, with
 * spaces and letters of other alphabets, which are percent-encoded here.
 */
final class Redirects {
  /** A percent sign that encodes nothing, and every character that no URI may have. */
  private static final Pattern ILLEGAL =
      Pattern.compile("%(?![0-9a-fA-F]{2})|[^-\\w.~:/?#@!$&'()*+,;=%]");

  private static final Pattern SCHEME_AND_AUTHORITY =
      Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]*:)?(//[^/?#]*)?");

  private Redirects() {}

  /**
   * Returns the URI that a response points to.
   *
   * @param from the URI that was asked for
   * @param location the header, one character for each of its bytes
   * @param source the event's, for messages
   * @throws RejectedException if the header is malformed or has credentials
   */
  static SourceUri follow(SourceUri from, String location, SourceUri source)
      throws RejectedException {
    try {
      SourceUri to = SourceUri.parse(encoded(location.strip()));
      URI resolved = from.uri().resolve(to.uri());
      return new SourceUri(resolved);
    } catch (RejectedException e) {
      throw new RejectedException(
          Reason.SOURCE_UNREADABLE,
          "The source " + source + " redirects to where it cannot be read: " + e.getMessage());
    }
  }

  private static String encoded(String location) {
    Matcher start = SCHEME_AND_AUTHORITY.matcher(location);
    int pathStart = start.find() ? start.end() : 0;
    String path =
        ILLEGAL
            .matcher(location.substring(pathStart))
            .replaceAll(
                found ->
                    "%"
                        + HexFormat.of()
                            .withUpperCase()
                            .toHexDigits((byte) found.group().charAt(0)));
    return location.substring(0, pathStart) + path;
  }
}
