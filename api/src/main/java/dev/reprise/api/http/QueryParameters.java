package dev.reprise.api.http;

import io.javalin.http.Context;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Strict parser of a request's query, always as UTF-8 whatever the charset of the body: a parameter
 * that is decoded wrongly would name a different track.
 */
public final class QueryParameters {
  private QueryParameters() {}

  /**
   * Returns a parameter, if present.
   *
   * @throws ProblemException if it is given more than once, or the query is not percent-encoded
   *     UTF-8
   */
  public static Optional<String> parameter(Context ctx, String name) throws ProblemException {
    String query = ctx.req().getQueryString();
    List<String> values = new ArrayList<>();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      String[] parts = pair.split("=", 2);
      if (decode(parts[0]).equals(name)) {
        values.add(parts.length == 1 ? "" : decode(parts[1]));
      }
    }
    if (values.size() > 1) {
      throw ProblemException.badRequest("The parameter " + name + " is given more than once.");
    }
    return values.stream().findFirst();
  }

  private static String decode(String text) throws ProblemException {
    try {
      byte[] bytes =
          URLDecoder.decode(toLatin1(text), StandardCharsets.ISO_8859_1)
              .getBytes(StandardCharsets.ISO_8859_1);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw ProblemException.badRequest("The query is not percent-encoded UTF-8.");
    }
  }

  /** Maps each UTF-8 byte to a character, so that raw and percent-encoded bytes can be mixed. */
  private static String toLatin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
