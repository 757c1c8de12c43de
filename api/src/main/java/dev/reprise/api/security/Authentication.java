package dev.reprise.api.security;

import dev.reprise.api.http.ProblemException;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who may ask: whoever has the token, where there is one, and no foreign page by its visitors. */
public final class Authentication {
  /** Schemes have no case (RFC 9110). */
  private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +(\\S+)");

  private final Optional<String> token;
  private final List<String> origins;
  private final AllowedHosts names;

  /**
   * @param token that requests must bear, if any
   * @param origins whose pages may ask, {@code https://host:port}
   * @param names that requests without a token must be for
   */
  public Authentication(Optional<String> token, List<String> origins, AllowedHosts names) {
    this.token = token;
    this.origins = List.copyOf(origins);
    this.names = names;
  }

  public void require(Context ctx) throws ProblemException {
    requireName(ctx);
    if (ctx.method() == HandlerType.OPTIONS) {
      return;
    }
    requireToken(ctx);
    requireOrigin(ctx);
  }

  /** A token is more than a foreign page has; without one, the name is all that tells it. */
  private void requireName(Context ctx) throws ProblemException {
    if (token.isEmpty() && !names.include(ctx.host())) {
      throw ProblemException.of(
          421,
          ("Without --bearer-token nothing is answered under the name %s; if it is this server's,"
                  + " name it by --cors-origin, such as https://%s.")
              .formatted(ctx.host(), ctx.host()));
    }
  }

  private void requireToken(Context ctx) throws ProblemException {
    if (token.isPresent() && !isEqual(token.get(), bearerToken(ctx.header("Authorization")))) {
      ctx.header("WWW-Authenticate", "Bearer");
      throw ProblemException.of(401, "The request needs the header Authorization: Bearer TOKEN.");
    }
  }

  private static @Nullable String bearerToken(@Nullable String authorization) {
    Matcher bearer = BEARER.matcher(authorization == null ? "" : authorization);
    return bearer.matches() ? bearer.group(1) : null;
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
