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
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a request on to the instance that knows the track. A request is handed on once: where its
 * receiver does not know the track either, partitions are being moved. Thread-safe.
 */
public final class Forwarding {
  private static final Logger log = LoggerFactory.getLogger(Forwarding.class);

  /** On a request that was handed on: the address that the client asked at. */
  private static final String FORWARDED = "Reprise-Forwarded";

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final List<String> HEADERS =
      List.of("Content-Type", "Cache-Control", "Retry-After", "WWW-Authenticate");

  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  /** Who knows which track; see {@link Catalogue#owner}. */
  public interface Owners {
    HostInfo owner(String trackId) throws UnavailableException;
  }

  private final Owners owners;
  private final Supplier<HostInfo> self;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  public Forwarding(Owners owners, Supplier<HostInfo> self) {
    this.owners = owners;
    this.self = self;
  }

  /**
   * A handler that answers for the tracks of this instance, and hands on what is another's.
   *
   * @param route one without a query
   */
  public Handler byOwner(Route route, Handler handler) {
    return ctx -> {
      Optional<HostInfo> other = otherOwner(ctx, RequestParameters.trackId(ctx));
      if (other.isEmpty()) {
        handler.handle(ctx);
      } else {
        String path = path(ctx, route);
        ctx.future(() -> get(ctx, other.get(), path).thenAccept(answer -> copy(answer, ctx)));
      }
    };
  }

  /** Written anew: what the server takes for an address may be none to a client. */
  private static String path(Context ctx, Route route) {
    return PARAMETER
        .matcher(route.path())
        .replaceAll(
            name -> Matcher.quoteReplacement(JsonResponse.segment(ctx.pathParam(name.group(1)))));
  }

  /**
   * The instance that knows a track, if it is not this one.
   *
   * @throws UnavailableException while partitions are being moved
   */
  public Optional<HostInfo> otherOwner(Context ctx, String trackId) throws UnavailableException {
    HostInfo owner = owners.owner(trackId);
    if (owner.equals(self.get())) {
      return Optional.empty();
    }
    if (ctx.header(FORWARDED) != null) {
      throw new UnavailableException("Tracks are being handed from instance to instance.");
    }
    return Optional.of(owner);
  }

  /** The address that the client asked at, {@code http://host:port}. */
  static String baseUrl(Context ctx) {
    String forwarded = ctx.header(FORWARDED);
    return forwarded == null ? ctx.scheme() + "://" + ctx.host() : forwarded;
  }

  /** Asks another instance; fails with an {@link UnavailableException} if it does not answer. */
  public CompletableFuture<HttpResponse<byte[]>> get(
      Context ctx, HostInfo owner, String pathAndQuery) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + authority(owner) + pathAndQuery))
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
              log.debug("{}:{} does not answer", owner.host(), owner.port(), failure);
              return CompletableFuture.failedFuture(
                  new UnavailableException("The instance that knows this track does not answer."));
            });
  }

  static String authority(HostInfo owner) {
    boolean bare = owner.host().contains(":") && !owner.host().startsWith("[");
    return (bare ? "[" + owner.host() + "]" : owner.host()) + ":" + owner.port();
  }

  /** What the other failed on is not this one's fault, and may be over soon. */
  private static void copy(HttpResponse<byte[]> answer, Context ctx) {
    if (answer.statusCode() >= 500) {
      throw new CompletionException(
          new UnavailableException("The instance that knows this track cannot answer."));
    }
    ctx.status(answer.statusCode()).result(answer.body());
    for (String name : HEADERS) {
      answer.headers().firstValue(name).ifPresent(value -> ctx.header(name, value));
    }
  }
}
