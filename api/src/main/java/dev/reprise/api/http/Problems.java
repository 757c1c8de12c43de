package dev.reprise.api.http;

import com.google.gson.JsonObject;
import dev.reprise.api.catalogue.UnavailableException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.javalin.http.MethodNotAllowedResponse;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.eclipse.jetty.http.BadMessageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps exceptions to problem documents (RFC 9457). */
public final class Problems {
  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  public static final String MEDIA_TYPE = "application/problem+json";

  private Problems() {}

  /** Registers the exception handlers. */
  public static void handle(RoutesConfig routes) {
    routes.exception(ProblemException.class, (problem, ctx) -> respond(ctx, problem));
    routes.exception(
        UnavailableException.class,
        (e, ctx) -> respond(ctx, ProblemException.unavailable(String.valueOf(e.getMessage()))));
    routes.exception(
        KafkaException.class,
        (e, ctx) -> {
          log.warn("Kafka did not accept an audio event: {}", e.toString());
          respond(
              ctx, ProblemException.unavailable("The Kafka cluster does not accept the event."));
        });
    // Not 503: a retry would fail the same way.
    routes.exception(
        RecordTooLargeException.class,
        (e, ctx) -> {
          log.warn("Kafka rejected an audio event as too large: {}", e.toString());
          respond(
              ctx,
              ProblemException.tooLarge(
                  "The Kafka cluster does not accept events as large as this one; submit the file by its"
                      + " URI."));
        });
    routes.exception(
        HttpResponseException.class,
        (e, ctx) -> {
          if (e instanceof MethodNotAllowedResponse) {
            ctx.header("Allow", String.join(", ", e.getDetails().values()));
          }
          respond(ctx, ProblemException.of(e.getStatus(), detail(e, ctx)));
        });
    routes.exception(
        BadMessageException.class,
        (e, ctx) -> {
          log.debug("The client sent a malformed request", e);
          respond(ctx, ProblemException.of(e.getCode(), e.getReason() + "."));
        });
    routes.exception(
        Exception.class,
        (e, ctx) -> {
          log.error("{} {} failed with an internal error", ctx.method(), ctx.path(), e);
          respond(ctx, ProblemException.of(500, "The server failed on this request."));
        });
  }

  private static String detail(HttpResponseException e, Context ctx) {
    return switch (e.getStatus()) {
      case 404 -> "No route " + ctx.path() + "; see /openapi.yaml.";
      case 405 -> ctx.path() + " does not support " + ctx.method() + ".";
      default -> String.valueOf(e.getMessage());
    };
  }

  /** Returns a problem document in JSON. */
  public static String document(ProblemException problem) {
    JsonObject document = new JsonObject();
    document.addProperty("type", "about:blank");
    document.addProperty("title", HttpStatus.forStatus(problem.status()).getMessage());
    document.addProperty("status", problem.status());
    document.addProperty("detail", problem.getMessage());
    problem.reason().ifPresent(reason -> document.addProperty("reason", reason));
    return document.toString();
  }

  /** Responds with a problem document. */
  public static void respond(Context ctx, ProblemException problem) {
    if (problem.status() == 503) {
      ctx.header("Retry-After", Integer.toString(problem.retryAfterSeconds()));
    }
    // As bytes: Javalin would encode the text in ISO-8859-1.
    ctx.status(problem.status())
        .contentType(MEDIA_TYPE)
        .result(document(problem).getBytes(StandardCharsets.UTF_8));
  }
}
