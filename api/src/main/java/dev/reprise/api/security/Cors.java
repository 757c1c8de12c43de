package dev.reprise.api.security;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;

/**
 * Lets the pages of some other origins ask, and read the answers. To all others nothing is said,
 * which their browsers take for a no; Javalin's plugin would answer 400 to them, and to our own
 * page as well.
 */
public final class Cors {
  private final List<String> origins;

  /**
   * @param origins {@code https://host:port}
   */
  public Cors(List<String> origins) {
    this.origins = List.copyOf(origins);
  }

  public void permit(Context ctx) {
    if (origins.isEmpty()) {
      return;
    }
    ctx.header("Vary", "Origin");
    String origin = ctx.header("Origin");
    if (origin != null && origins.contains(origin)) {
      ctx.header("Access-Control-Allow-Origin", origin);
      if (ctx.method() == HandlerType.OPTIONS) {
        preflight(ctx);
      } else {
        ctx.header(
            "Access-Control-Expose-Headers",
            "Location, Preference-Applied, Retry-After, WWW-Authenticate");
      }
    }
  }

  private static void preflight(Context ctx) {
    ctx.header("Access-Control-Allow-Methods", "GET, HEAD, POST")
        .header(
            "Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID, Prefer")
        .header("Access-Control-Max-Age", "600")
        .status(204)
        .skipRemainingHandlers();
  }
}
