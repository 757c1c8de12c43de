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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An object store that accepts everything, stores nothing, and hangs or fails when a test wants.
 */
final class FakeBucket implements AutoCloseable {
  private static final String COMPLETED =
      "<UploadResult><UploadId>1</UploadId><ETag>1</ETag></UploadResult>";

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final CountDownLatch testEnds = new CountDownLatch(1);
  private final AtomicInteger lists = new AtomicInteger();
  private final List<String> deletions = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile boolean hangs;
  private volatile @Nullable Completion completion;

  /** How the last request of an upload fails: the store may have completed it. */
  enum Completion {
    /** A connection that breaks instead of the response. */
    BREAKS,
    /** As S3 responds if an error occurs after it has sent the status. */
    ERROR_WITH_STATUS_200
  }

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
      case "POST" -> {
        if (query(exchange).startsWith("uploadId")) {
          complete(exchange, COMPLETED);
        } else {
          send(exchange, COMPLETED);
        }
      }
      case "PUT" -> {
        exchange.getResponseHeaders().add("ETag", "1");
        if (query(exchange).isEmpty()) {
          complete(exchange, "");
        } else {
          send(exchange, "");
        }
      }
      default -> {
        deletions.add(query(exchange).isEmpty() ? "object" : "parts");
        hang();
        send(exchange, "");
      }
    }
    exchange.close();
  }

  private void complete(HttpExchange exchange, String xml) throws IOException {
    if (completion == Completion.ERROR_WITH_STATUS_200) {
      send(exchange, "<Error><Code>InternalError</Code><Message>Try again</Message></Error>");
    } else if (completion == null) {
      send(exchange, xml);
    }
  }

  private static String query(HttpExchange exchange) {
    String query = exchange.getRequestURI().getQuery();
    return query == null ? "" : query;
  }

  /** Each listing has two requests: for objects, and for unfinished uploads. */
  private void list(HttpExchange exchange) throws IOException {
    if (query(exchange).contains("list-type")) {
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

  /** Lets uploads fail at their end from now on. */
  void fails(Completion how) {
    completion = how;
  }

  /** Returns what was deleted so far, {@code parts} of an upload or an {@code object}. */
  List<String> deletions() {
    return deletions;
  }

  @Override
  public void close() {
    testEnds.countDown();
    server.stop(0);
    executor.shutdownNow();
  }
}
