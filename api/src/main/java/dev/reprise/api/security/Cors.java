package dev.reprise.api.security;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;

/**
 * CORS: lets pages of the configured origins send requests and read the responses. Other origins
 * get no CORS headers, so that their browsers refuse; Javalin's plugin would respond 400 to them,
 * and to the server's own page as well.
 */
public final class Cors {
  private final List<String> origins;

  /**
   * @param origins allowed origins, {@code https://host:port}
   */
  public Cors(List<String> origins) {
    this.origins = List.copyOf(origins);
  }

  /** Adds the CORS headers, and responds to preflight requests. */
  public void permit(Context ctx) {
    if (origins.isEmpty()) {
      return;
    }
    ctx.header("Vary", "Origin");
    String origin = ctx.header("Origin");
    if (origin != null && origins.contains(origin)) {
      ctx.header("Access-Control-Allow-Origin", origin);
      if (ctx.method() == HandlerType.OPTIONS) {
        respondToPreflight(ctx);
      } else {
        ctx.header(
            "Access-Control-Expose-Headers",
            "Location, Preference-Applied, Retry-After, WWW-Authenticate");
      }
    }
  }

  private static void respondToPreflight(Context ctx) {
    ctx.header("Access-Control-Allow-Methods", "GET, HEAD, POST")
        .header(
            "Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID, Prefer")
        .header("Access-Control-Max-Age", "600")
        .status(204)
        .skipRemainingHandlers();
  }
}
