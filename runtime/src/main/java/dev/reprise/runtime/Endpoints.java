package dev.reprise.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Serves {@code /metrics} for Prometheus, and {@code /health/live} and {@code /health/ready} for
 * the orchestrator. The health endpoints respond 200 with {@code ok}, or 503 with one sentence.
 */
public final class Endpoints implements AutoCloseable {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService executor;

  private Endpoints(HttpServer server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /**
   * Starts the server.
   *
   * @param liveness down if the process should be restarted
   * @param readiness down while the process does no work
   */
  public static Endpoints start(
      EndpointsConfig config,
      PrometheusMeterRegistry registry,
      Supplier<Health> liveness,
      Supplier<Health> readiness)
      throws ConfigurationException {
    String host = config.host();
    int port = config.port();
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(host, port), 0);
    } catch (BindException e) {
      throw new ConfigurationException(
          "Cannot listen on "
              + host
              + ":"
              + port
              + " for metrics and health ("
              + e.getMessage()
              + "); choose a different one with --http-port.");
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "--http-host "
              + host
              + " and --http-port "
              + port
              + " are not a valid address: "
              + e.getMessage());
    } catch (IOException e) {
      throw new ConfigurationException("Cannot listen on " + host + ":" + port + ": " + e);
    }
    ExecutorService executor =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "endpoints");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(executor);
    server.createContext(
        "/metrics", exchange -> sendMetrics(exchange, config.metricsToken(), registry));
    server.createContext("/health/live", exchange -> sendHealth(exchange, liveness.get()));
    server.createContext("/health/ready", exchange -> sendHealth(exchange, readiness.get()));
    server.start();
    return new Endpoints(server, executor);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void sendMetrics(
      HttpExchange exchange, Optional<String> token, PrometheusMeterRegistry registry)
      throws IOException {
    if (token.isPresent() && !isAuthorized(exchange, token.get())) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      send(
          exchange,
          401,
          "text/plain; charset=utf-8",
          "The request needs the header Authorization: Bearer TOKEN.\n");
    } else {
      send(exchange, 200, PROMETHEUS_TEXT, registry.scrape());
    }
  }

  /** Compares in constant time. */
  private static boolean isAuthorized(HttpExchange exchange, String token) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    return header != null
        && MessageDigest.isEqual(
            ("Bearer " + token).getBytes(StandardCharsets.UTF_8),
            header.getBytes(StandardCharsets.UTF_8));
  }

  private static void sendHealth(HttpExchange exchange, Health health) throws IOException {
    send(
        exchange,
        health.isUp() ? 200 : 503,
        "text/plain; charset=utf-8",
        (health.isUp() ? "ok" : health.reason()) + "\n");
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
