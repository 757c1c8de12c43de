package dev.reprise.api.audio;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An object store that accepts everything, stores nothing, and hangs when a test wants. */
final class FakeBucket implements AutoCloseable {
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final CountDownLatch testEnds = new CountDownLatch(1);
  private final AtomicInteger lists = new AtomicInteger();
  private final AtomicInteger deletions = new AtomicInteger();
  private final HttpServer server;
  private volatile boolean hangs;

  FakeBucket() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    server.createContext("/uploads", this::respond);
    server.start();
  }

  private void respond(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    switch (exchange.getRequestMethod()) {
      case "GET" -> list(exchange);
      case "POST" ->
          send(exchange, "<UploadResult><UploadId>1</UploadId><ETag>1</ETag></UploadResult>");
      case "PUT" -> {
        exchange.getResponseHeaders().add("ETag", "1");
        send(exchange, "");
      }
      default -> {
        deletions.incrementAndGet();
        hang();
        send(exchange, "");
      }
    }
    exchange.close();
  }

  /** Each listing has two requests: for objects, and for unfinished uploads. */
  private void list(HttpExchange exchange) throws IOException {
    if (String.valueOf(exchange.getRequestURI().getQuery()).contains("list-type")) {
      lists.incrementAndGet();
      hang();
    }
    send(exchange, "<ListResult><IsTruncated>false</IsTruncated></ListResult>");
  }

  private static void send(HttpExchange exchange, String xml) throws IOException {
    byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private void hang() {
    try {
      if (hangs) {
        testEnds.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Spool spool() throws Exception {
    URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return Spool.open(
        new SpoolConfig(
            new SpoolLocation.Bucket("uploads", ""),
            new S3Store(Optional.of(endpoint), Optional.empty(), true, true)));
  }

  /** Lets listings and deletions hang from now on. */
  void hangs() {
    hangs = true;
  }

  int lists() {
    return lists.get();
  }

  int deletions() {
    return deletions.get();
  }

  @Override
  public void close() {
    testEnds.countDown();
    server.stop(0);
    executor.shutdownNow();
  }
}
