package dev.reprise.api.http;

import dev.reprise.runtime.ConfigurationException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.staticfiles.Location;
import io.javalin.util.JavalinBindException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The server: routes, limits, the page's files. Thread-safe. */
public final class ApiServer implements AutoCloseable {
  private static final String PAGE = "/dev/reprise/api/page";
  private static final String ROUTE = "route";
  private static final int MAX_THREADS = 200;
  private static final int MIN_THREADS = 8;
  private static final int MAX_HEADER_BYTES = 64 << 10;

  /** Connections that wait to be accepted: many may come at once. */
  private static final int ACCEPT_QUEUE = 1_024;

  /** Bytes of a reader's that the system keeps: one that reads nothing must not cost megabytes. */
  private static final int SEND_BUFFER_BYTES = 256 << 10;

  /**
   * Ids may have a slash, a backslash or a per cent sign in them; control characters are refused
   * with all else that is no id.
   */
  private static final UriCompliance URIS =
      UriCompliance.RFC3986.with(
          "reprise",
          UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
          UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
          UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS);

  /** Up to the longest that a request may wait for its audio. */
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
  private final EventsHandler events;

  private ApiServer(Javalin javalin, EventsHandler events) {
    this.javalin = javalin;
    this.events = events;
  }

  /**
   * Starts to answer.
   *
   * @throws ConfigurationException if the address cannot be listened on
   */
  public static ApiServer start(ServerConfig config, Sources sources, MeterRegistry registry)
      throws ConfigurationException {
    EventsHandler events = new EventsHandler(sources.feed().events(), config.maxEventReaders());
    Javalin javalin =
        Javalin.create(
            javalinConfig -> configure(javalinConfig, config, sources, events, registry));
    try {
      javalin.start(config.host(), config.port());
    } catch (JavalinBindException e) {
      events.close();
      throw new ConfigurationException(
          "Cannot listen on "
              + config.host()
              + ":"
              + config.port()
              + " for the API ("
              + e.getMessage()
              + "); choose another with --api-port.");
    }
    Gauge.builder("reprise.event.readers", events, EventsHandler::readers)
        .description("Readers of the event stream")
        .register(registry);
    return new ApiServer(javalin, events);
  }

  private static void configure(
      JavalinConfig javalin,
      ServerConfig config,
      Sources sources,
      EventsHandler events,
      MeterRegistry registry) {
    javalin.startup.showJavalinBanner = false;
    javalin.startup.showOldJavalinVersionWarning = false;
    javalin.http.prefer405over404 = true;
    javalin.http.maxRequestSize = Body.maxBytes();
    javalin.http.defaultContentType = "text/plain";
    javalin.jetty.threadPool = new QueuedThreadPool(MAX_THREADS, MIN_THREADS);
    javalin.jetty.addConnector((server, http) -> connector(server, http, config));
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
    Access access = new Access(config.token(), config.corsOrigins(), config.names());
    javalin.routes.before(ctx -> ctx.header("X-Content-Type-Options", "nosniff"));
    javalin.routes.before(new Cors(config.corsOrigins())::permit);
    javalin.routes.before("/v1/*", access::require);
    sources
        .handlers(events, config.maxEventReaders())
        .forEach((route, handler) -> add(javalin.routes, route, named(route, handler)));
    javalin.routes.get("/openapi.yaml", OpenApi::answer);
    javalin.routes.head("/openapi.yaml", OpenApi::answer);
    Problems.handle(javalin.routes);
    javalin.requestLogger.http((ctx, millis) -> record(registry, ctx, millis));
  }

  /** What GET answers, HEAD answers as well, without the body; left to Javalin it is always 200. */
  private static void add(RoutesConfig routes, Route route, Handler handler) {
    routes.addHttpHandler(route.method(), route.path(), handler);
    if (route.method() == HandlerType.GET) {
      routes.addHttpHandler(HandlerType.HEAD, route.path(), handler);
    }
  }

  private static ServerConnector connector(
      Server server, HttpConfiguration http, ServerConfig config) {
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    http.setUriCompliance(URIS);
    // Or a token in other letters would be taken for one seen before on the same connection.
    http.setHeaderCacheCaseSensitive(true);
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(config.host());
    connector.setPort(config.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    return connector;
  }

  private static Handler named(Route route, Handler handler) {
    return ctx -> {
      ctx.attribute(ROUTE, route);
      handler.handle(ctx);
    };
  }

  /**
   * The event stream's requests last as long as their readers stay, and are no requests in this
   * sense.
   */
  private static void record(MeterRegistry registry, Context ctx, float millis) {
    Route route = ctx.attribute(ROUTE);
    if (route != null && route != Route.EVENTS) {
      Timer.builder("reprise.http.request")
          .description("Time to answer a request")
          .tag("method", route.method().name())
          .tag("route", route.path())
          .tag("status", Integer.toString(ctx.statusCode()))
          .serviceLevelObjectives(BUCKETS)
          .register(registry)
          .record(Duration.ofNanos((long) (millis * 1e6)));
    }
  }

  public int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    events.close();
    javalin.stop();
  }
}
