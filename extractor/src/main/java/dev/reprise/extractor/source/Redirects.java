package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import java.net.URI;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves {@code Location} headers as browsers do: servers write paths into them unencoded, with
 * spaces and non-ASCII letters, which are percent-encoded here.
 */
final class Redirects {
  /** A percent sign that encodes nothing, or a character that is not allowed in a URI. */
  private static final Pattern ILLEGAL =
      Pattern.compile("%(?![0-9a-fA-F]{2})|[^-\\w.~:/?#@!$&'()*+,;=%]");

  private static final Pattern SCHEME_AND_AUTHORITY =
      Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]*:)?(//[^/?#]*)?");

  private Redirects() {}

  /**
   * Returns the URI that a response points to.
   *
   * @param from the requested URI
   * @param location the header, one character for each of its bytes
   * @param source the event's URI, for messages
   * @throws RejectedException if the header is malformed or has credentials
   */
  static SourceUri follow(SourceUri from, String location, SourceUri source)
      throws RejectedException {
    try {
      SourceUri to = SourceUri.parse(encode(location.strip()));
      URI resolved = from.uri().resolve(to.uri());
      return new SourceUri(resolved);
    } catch (RejectedException e) {
      throw new RejectedException(
          Reason.SOURCE_UNREADABLE,
          "The source " + source + " redirects to an invalid URI: " + e.getMessage());
    }
  }

  private static String encode(String location) {
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
