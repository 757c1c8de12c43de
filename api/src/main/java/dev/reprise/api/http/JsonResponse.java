package dev.reprise.api.http;

import com.google.protobuf.Message;
import dev.reprise.contract.Json;
import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Writes JSON responses. */
public final class JsonResponse {
  private JsonResponse() {}

  /** Responds with a message as JSON. */
  public static void json(Context ctx, Message message) {
    json(ctx, Json.print(message));
  }

  /** Responds with JSON text. */
  public static void json(Context ctx, String json) {
    ctx.contentType("application/json")
        .header("Cache-Control", "no-cache")
        .result(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a text percent-encoded as a path segment. */
  public static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
