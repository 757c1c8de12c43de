package dev.reprise.api.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may ask: whoever has the token, where there is one, and no foreign page by its visitors. */
final class Access {
  private final Optional<String> token;
  private final List<String> origins;

  /**
   * @param token that requests must bear, if any
   * @param origins whose pages may ask, {@code https://host:port}
   */
  Access(Optional<String> token, List<String> origins) {
    this.token = token;
    this.origins = List.copyOf(origins);
  }

  void require(Context ctx) throws ProblemException {
    if (ctx.method() == HandlerType.OPTIONS) {
      return;
    }
    requireToken(ctx);
    requireOrigin(ctx);
  }

  private void requireToken(Context ctx) throws ProblemException {
    if (token.isPresent() && !isEqual("Bearer " + token.get(), ctx.header("Authorization"))) {
      ctx.header("WWW-Authenticate", "Bearer");
      throw ProblemException.of(401, "The request needs the header Authorization: Bearer TOKEN.");
    }
  }

  /** In a time that does not tell how much was right. */
  private static boolean isEqual(String expected, @Nullable String actual) {
    return actual != null
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), actual.getBytes(StandardCharsets.UTF_8));
  }

  /** A browser lets any page send a form anywhere, but says whose it is. */
  private void requireOrigin(Context ctx) throws ProblemException {
    String origin = ctx.header("Origin");
    if (ctx.method() == HandlerType.POST
        && origin != null
        && !origins.contains(origin)
        && !isOwn(origin, ctx.host())) {
      throw ProblemException.of(
          403, "Pages of " + origin + " may not send anything here; see --cors-origin.");
    }
  }

  private static boolean isOwn(String origin, @Nullable String host) {
    try {
      return URI.create(origin).getRawAuthority() != null
          && URI.create(origin).getRawAuthority().equals(host);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
