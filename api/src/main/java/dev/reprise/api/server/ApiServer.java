package dev.reprise.api.server;

import dev.reprise.api.http.Problems;
import dev.reprise.api.http.Route;
import dev.reprise.api.security.Authentication;
import dev.reprise.api.security.Cors;
import dev.reprise.api.security.ServerCertificate;
import dev.reprise.runtime.ConfigurationException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.staticfiles.Location;
import io.javalin.util.JavalinBindException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server: routes, limits and static files of the page. Thread-safe. */
public final class ApiServer implements AutoCloseable {
  private static final String PAGE = "/dev/reprise/api/page";
  private static final String ROUTE = "route";
  private static final int MAX_THREADS = 200;
  private static final int MIN_THREADS = 8;
  private static final int MAX_HEADER_BYTES = 64 << 10;

  /** Connections that may wait to be accepted; many readers may connect at once. */
  private static final int ACCEPT_QUEUE = 1_024;

  /** Send buffer per connection: a client that does not read must not cost megabytes. */
  private static final int SEND_BUFFER_BYTES = 256 << 10;

  /**
   * Track ids may contain a slash, a backslash or a per cent sign; control characters are rejected
   * later, when the id is validated.
   */
  private static final UriCompliance URIS =
      UriCompliance.RFC3986.with(
          "reprise",
          UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
          UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
          UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS);

  /** Buckets up to the longest that a request may wait for its audio's outcome. */
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10),
    Duration.ofSeconds(60)
  };

  private final Javalin javalin;

  private ApiServer(Javalin javalin) {
    this.javalin = javalin;
  }

  /**
   * Starts the server.
   *
   * @throws ConfigurationException if the server cannot listen on the address
   */
  public static ApiServer start(
      ServerConfig config, Map<Route, Handler> handlers, MeterRegistry registry)
      throws ConfigurationException {
    Javalin javalin =
        Javalin.create(javalinConfig -> configure(javalinConfig, config, handlers, registry));
    try {
      javalin.start(config.host(), config.port());
    } catch (JavalinBindException e) {
      throw new ConfigurationException(
          "Cannot listen on "
              + config.host()
              + ":"
              + config.port()
              + " for the API ("
              + e.getMessage()
              + "); choose a different one with --api-port.");
    }
    return new ApiServer(javalin);
  }

  private static void configure(
      JavalinConfig javalin,
      ServerConfig config,
      Map<Route, Handler> handlers,
      MeterRegistry registry) {
    javalin.startup.showJavalinBanner = false;
    javalin.startup.showOldJavalinVersionWarning = false;
    javalin.http.prefer405over404 = true;
    javalin.http.maxRequestSize = config.maxRequestBytes();
    javalin.http.defaultContentType = "text/plain";
    javalin.jetty.threadPool = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
    javalin.jetty.addConnector((server, http) -> createConnector(server, http, config));
    javalin.jetty.modifyServer(server -> server.setErrorHandler(new ServerProblems()));
    javalin.jetty.modifyServletContextHandler(
        handler -> {
          handler.setErrorHandler(new ServerProblems());
          handler.getServletHandler().setDecodeAmbiguousURIs(true);
        });
    javalin.staticFiles.add(
        files -> {
          files.hostedPath = "/";
          files.directory = PAGE;
          files.location = Location.CLASSPATH;
          files.headers =
              Map.of(
                  "Cache-Control", "no-cache",
                  "Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'",
                  "Referrer-Policy", "no-referrer",
                  "X-Content-Type-Options", "nosniff");
        });
    Authentication authentication =
        new Authentication(config.token(), config.corsOrigins(), config.allowedHosts());
    javalin.routes.before(ctx -> ctx.header("X-Content-Type-Options", "nosniff"));
    javalin.routes.before(new Cors(config.corsOrigins())::permit);
    javalin.routes.before("/v1/*", authentication::require);
    handlers.forEach((route, handler) -> add(javalin.routes, route, tagged(route, handler)));
    javalin.routes.get("/openapi.yaml", OpenApi::respond);
    javalin.routes.head("/openapi.yaml", OpenApi::respond);
    Problems.handle(javalin.routes);
    javalin.requestLogger.http((ctx, millis) -> record(registry, ctx, millis));
  }

  /** Adds HEAD to each GET, with its status; Javalin on its own responds 200 to every HEAD. */
  private static void add(RoutesConfig routes, Route route, Handler handler) {
    routes.addHttpHandler(route.method(), route.path(), handler);
    if (route.method() == HandlerType.GET) {
      routes.addHttpHandler(HandlerType.HEAD, route.path(), handler);
    }
  }

  private static ServerConnector createConnector(
      Server server, HttpConfiguration http, ServerConfig config) {
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    http.setUriCompliance(URIS);
    // Otherwise a token would match one that differs in case only, cached on the same connection.
    http.setHeaderCacheCaseSensitive(true);
    ServerConnector connector =
        new ServerConnector(server, connectionFactories(http, config.certificate()));
    connector.setHost(config.host());
    connector.setPort(config.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    return connector;
  }

  private static ConnectionFactory[] connectionFactories(
      HttpConfiguration http, Optional<ServerCertificate> certificate) {
    HttpConnectionFactory plain = new HttpConnectionFactory(http);
    if (certificate.isEmpty()) {
      return new ConnectionFactory[] {plain};
    }
    // Clients may use an address that the certificate does not name, and decide about it.
    http.addCustomizer(new SecureRequestCustomizer(false));
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStore(certificate.get().keyStore());
    tls.setKeyStorePassword("");
    return new ConnectionFactory[] {new SslConnectionFactory(tls, plain.getProtocol()), plain};
  }

  /** Records which route handles the request, for {@link #record}. */
  private static Handler tagged(Route route, Handler handler) {
    return ctx -> {
      ctx.attribute(ROUTE, route);
      handler.handle(ctx);
    };
  }

  /** Records the time of a request, except of the event stream: it lasts as long as its reader. */
  private static void record(MeterRegistry registry, Context ctx, float millis) {
    Route route = ctx.attribute(ROUTE);
    if (route != null && route != Route.EVENTS) {
      Timer.builder("reprise.http.request")
          .description("Time to respond to a request")
          .tag("method", route.method().name())
          .tag("route", route.path())
          .tag("status", Integer.toString(ctx.statusCode()))
          .serviceLevelObjectives(BUCKETS)
          .register(registry)
          .record(Duration.ofNanos((long) (millis * 1e6)));
    }
  }

  /** Returns the port that the server listens on. */
  public int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
