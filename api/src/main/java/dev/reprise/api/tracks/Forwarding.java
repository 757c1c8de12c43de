package dev.reprise.api.tracks;

import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.UnavailableException;
import dev.reprise.api.http.JsonResponse;
import dev.reprise.api.http.RequestParameters;
import dev.reprise.api.http.Route;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards requests to the instance that owns the track. A request is forwarded only once: if the
 * receiver does not own the track either, partitions are being reassigned. Thread-safe.
 */
public final class Forwarding {
  private static final Logger log = LoggerFactory.getLogger(Forwarding.class);

  /** Header of a forwarded request: the base URL that the client used. */
  private static final String FORWARDED = "Reprise-Forwarded";

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final List<String> HEADERS =
      List.of("Content-Type", "Cache-Control", "Retry-After", "WWW-Authenticate");

  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  /** Owners of tracks; see {@link Catalogue#owner}. */
  public interface Owners {
    HostInfo owner(String trackId) throws UnavailableException;
  }

  private final Owners owners;
  private final Supplier<HostInfo> self;
  private final String scheme;
  private final HttpClient client;

  /**
   * @param tls trusts the other instances' servers, if they use TLS
   */
  public Forwarding(Owners owners, Supplier<HostInfo> self, Optional<SSLContext> tls) {
    this.owners = owners;
    this.self = self;
    this.scheme = tls.isPresent() ? "https" : "http";
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2));
    tls.ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /**
   * Returns a handler that handles requests for tracks of this instance, and forwards all others.
   *
   * @param route route without query parameters
   */
  public Handler byOwner(Route route, Handler handler) {
    return ctx -> {
      Optional<HostInfo> other = otherOwner(ctx, RequestParameters.trackId(ctx));
      if (other.isEmpty()) {
        handler.handle(ctx);
      } else {
        String path = buildPath(ctx, route);
        ctx.future(() -> get(ctx, other.get(), path).thenAccept(response -> copy(response, ctx)));
      }
    };
  }

  /** Rebuilds the path: a path that the server accepts may not be a valid URI to the client. */
  private static String buildPath(Context ctx, Route route) {
    return PARAMETER
        .matcher(route.path())
        .replaceAll(
            name -> Matcher.quoteReplacement(JsonResponse.segment(ctx.pathParam(name.group(1)))));
  }

  /**
   * Returns the instance that owns a track; empty if this one does.
   *
   * @throws UnavailableException while partitions are being reassigned
   */
  public Optional<HostInfo> otherOwner(Context ctx, String trackId) throws UnavailableException {
    HostInfo owner = owners.owner(trackId);
    if (owner.equals(self.get())) {
      return Optional.empty();
    }
    if (ctx.header(FORWARDED) != null) {
      throw new UnavailableException("Tracks are being reassigned among instances.");
    }
    return Optional.of(owner);
  }

  /** Returns the base URL that the client used, {@code http://host:port}. */
  static String baseUrl(Context ctx) {
    String forwarded = ctx.header(FORWARDED);
    return forwarded == null ? ctx.scheme() + "://" + ctx.host() : forwarded;
  }

  /**
   * Sends a GET to another instance; fails with {@link UnavailableException} without a response.
   */
  public CompletableFuture<HttpResponse<byte[]>> get(
      Context ctx, HostInfo owner, String pathAndQuery) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(scheme + "://" + authority(owner) + pathAndQuery))
            .timeout(TIMEOUT)
            .header(FORWARDED, baseUrl(ctx));
    String authorization = ctx.header("Authorization");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return client
        .sendAsync(request.build(), BodyHandlers.ofByteArray())
        .exceptionallyCompose(
            failure -> {
              log.debug("{}:{} does not respond", owner.host(), owner.port(), failure);
              return CompletableFuture.failedFuture(
                  new UnavailableException("The instance that owns this track is not reachable."));
            });
  }

  /** Returns {@code host:port}, with an IPv6 address in brackets. */
  static String authority(HostInfo owner) {
    boolean needsBrackets = owner.host().contains(":") && !owner.host().startsWith("[");
    return (needsBrackets ? "[" + owner.host() + "]" : owner.host()) + ":" + owner.port();
  }

  /** Copies a response; a server error of the other instance becomes a 503, to be retried. */
  private static void copy(HttpResponse<byte[]> response, Context ctx) {
    if (response.statusCode() >= 500) {
      throw new CompletionException(
          new UnavailableException("The instance that owns this track cannot respond."));
    }
    ctx.status(response.statusCode()).result(response.body());
    for (String name : HEADERS) {
      response.headers().firstValue(name).ifPresent(value -> ctx.header(name, value));
    }
  }
}
