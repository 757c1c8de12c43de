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

/** Authentication by bearer token, and protection against DNS rebinding and CSRF. */
public final class Authentication {
  /** Schemes are case-insensitive (RFC 9110). */
  private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +(\\S+)");

  private final Optional<String> token;
  private final List<String> origins;
  private final AllowedHosts hosts;

  /**
   * @param token token that requests must bear, if any
   * @param origins origins whose pages may send requests, {@code https://host:port}
   * @param hosts hosts that requests must be for, if there is no token
   */
  public Authentication(Optional<String> token, List<String> origins, AllowedHosts hosts) {
    this.token = token;
    this.origins = List.copyOf(origins);
    this.hosts = hosts;
  }

  /** Throws a problem unless the request is allowed. */
  public void require(Context ctx) throws ProblemException {
    requireAllowedHost(ctx);
    if (ctx.method() == HandlerType.OPTIONS) {
      return;
    }
    requireToken(ctx);
    requireOrigin(ctx);
  }

  /** Checks {@code Host} against DNS rebinding, unless a token is required. */
  private void requireAllowedHost(Context ctx) throws ProblemException {
    if (token.isEmpty() && !hosts.include(ctx.host())) {
      throw ProblemException.of(
          421,
          ("The host %s is not allowed without --bearer-token; if it is this server's, add it with"
                  + " --cors-origin, such as https://%s.")
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

  /** Compares in constant time. */
  private static boolean isEqual(String expected, @Nullable String actual) {
    return actual != null
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), actual.getBytes(StandardCharsets.UTF_8));
  }

  /** Rejects cross-origin POST (CSRF): browsers let any page post a form, but send its origin. */
  private void requireOrigin(Context ctx) throws ProblemException {
    String origin = ctx.header("Origin");
    if (ctx.method() == HandlerType.POST
        && origin != null
        && !origins.contains(origin)
        && !isOwn(origin, ctx.host())) {
      throw ProblemException.of(
          403, "Pages of " + origin + " may not send requests here; see --cors-origin.");
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
