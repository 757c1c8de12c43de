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
 * The query of a request. It is read strictly, and as UTF-8 whatever the body is written in: a
 * parameter that comes out other than it was meant would name another track.
 */
public final class QueryParameters {
  private QueryParameters() {}

  /**
   * A parameter, if it is there.
   *
   * @throws ProblemException if it is there twice, or the query is not percent-encoded UTF-8
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
          URLDecoder.decode(octets(text), StandardCharsets.ISO_8859_1)
              .getBytes(StandardCharsets.ISO_8859_1);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw ProblemException.badRequest("The query is not percent-encoded UTF-8.");
    }
  }

  /** A character for each byte, so that those of a sequence meet again however they are written. */
  private static String octets(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
