package dev.reprise.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * {@code /metrics} for Prometheus, {@code /health/live} and {@code /health/ready} for the
 * orchestrator. Health answers 200 with {@code ok}, or 503 with one sentence.
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
   * Starts to serve.
   *
   * @param port 0 for any free port, see {@link #port}
   * @param liveness whether the process works, or should be restarted
   * @param readiness whether work is being done
   */
  public static Endpoints start(
      String host,
      int port,
      PrometheusMeterRegistry registry,
      Supplier<Health> liveness,
      Supplier<Health> readiness)
      throws ConfigurationException {
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
              + "); choose another with --http-port.");
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "--http-host "
              + host
              + " and --http-port "
              + port
              + " are no address: "
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
        "/metrics", exchange -> answer(exchange, 200, PROMETHEUS_TEXT, registry.scrape()));
    server.createContext("/health/live", exchange -> health(exchange, liveness.get()));
    server.createContext("/health/ready", exchange -> health(exchange, readiness.get()));
    server.start();
    return new Endpoints(server, executor);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void health(HttpExchange exchange, Health health) throws IOException {
    answer(
        exchange,
        health.isUp() ? 200 : 503,
        "text/plain; charset=utf-8",
        (health.isUp() ? "ok" : health.reason()) + "\n");
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
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
