package dev.reprise.extractor.source;

import dev.reprise.contract.MediaTypes;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.runtime.Deadline;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches {@code http(s):} URIs of allowed hosts into the spool directory. Redirects are followed
 * here and not by the client, since each hop must name an allowed host. Server errors and broken
 * connections are retried within the time bound. Thread-safe.
 */
final class HttpSource {
  private static final int MAX_REDIRECTS = 5;
  private static final int MAX_ATTEMPTS = 4;
  private static final Set<Integer> REDIRECTS = Set.of(300, 301, 302, 303, 307, 308);

  private final SourceLimits limits;
  private final Path spoolDirectory;
  private final HttpClient client;
  private final Retry retry;

  HttpSource(SourceLimits limits, Path spoolDirectory) {
    this.limits = limits;
    this.spoolDirectory = spoolDirectory;
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limits.maxFetchTime())
            .build();
    this.retry =
        Retry.of(
            "http-source",
            RetryConfig.custom()
                .maxAttempts(MAX_ATTEMPTS)
                .intervalFunction(
                    IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(250), 2))
                .retryExceptions(TransientException.class)
                .build());
  }

  /**
   * Fetches a source; the spooled file is deleted when the channel is closed.
   *
   * @throws UncheckedIOException if the spool directory fails, whatever the source
   */
  AudioInput open(SourceUri uri) throws RejectedException {
    Deadline deadline = Deadline.after(limits.maxFetchTime());
    Path target = spoolFile();
    try {
      HttpResponse<Path> response = retry.executeCallable(() -> fetch(uri, target, deadline));
      return new AudioInput(openSpooled(target), fileName(response), mediaType(response));
    } catch (UncheckedIOException e) {
      delete(target);
      throw e;
    } catch (Exception e) {
      delete(target);
      throw rejection(uri, e);
    }
  }

  private Path spoolFile() {
    try {
      return Files.createTempFile(spoolDirectory, "fetch-", ".audio");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot spool a source", e);
    }
  }

  private static SeekableByteChannel openSpooled(Path target) {
    try {
      return Files.newByteChannel(
          target, StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open a spooled source", e);
    }
  }

  private HttpResponse<Path> fetch(SourceUri uri, Path target, Deadline deadline) throws Exception {
    SourceUri hop = uri;
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      requireAllowed(hop);
      HttpResponse<Path> response = send(hop, target, deadline);
      int status = response.statusCode();
      if (status == 200) {
        return response;
      }
      Optional<String> location = response.headers().firstValue("location");
      if (!REDIRECTS.contains(status) || location.isEmpty()) {
        throw failure(uri, status);
      }
      hop = Redirects.follow(hop, location.get(), uri);
    }
    throw new RejectedException(
        Reason.SOURCE_UNREADABLE,
        "The source " + uri + " redirects more than " + MAX_REDIRECTS + " times.");
  }

  /** Returns the last segment of the path that was served, for its extension. */
  private static String fileName(HttpResponse<Path> response) {
    String path = response.uri().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String mediaType(HttpResponse<Path> response) {
    return MediaTypes.ofAudio(response.headers().firstValue("content-type").orElse(null));
  }

  private HttpResponse<Path> send(SourceUri uri, Path target, Deadline deadline) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri.uri()).header("User-Agent", "reprise").build();
    CompletableFuture<HttpResponse<Path>> response =
        client.sendAsync(request, info -> new BoundedBody(target, limits.maxBytes()));
    try {
      return response.get(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException spooling) {
        throw spooling;
      }
      if (e.getCause() instanceof BoundedBody.TooLargeException) {
        throw new RejectedException(
            Reason.SOURCE_TOO_LARGE,
            "The source "
                + uri
                + " has more than the "
                + limits.maxBytes()
                + " bytes allowed by --max-source-bytes.");
      }
      throw e.getCause() instanceof IOException io
          ? new TransientException("the connection failed: " + io, io)
          : e;
    } finally {
      // Ends the exchange after a time-out; has no effect on a completed one.
      response.cancel(true);
    }
  }

  private static Exception failure(SourceUri uri, int status) {
    if (status == 404 || status == 410) {
      return new RejectedException(
          Reason.SOURCE_NOT_FOUND, "The source " + uri + " does not exist (HTTP " + status + ").");
    }
    String cause = "the server responded with HTTP " + status;
    return status >= 500 || status == 429
        ? new TransientException(cause, null)
        : new RejectedException(
            Reason.SOURCE_UNREADABLE, "The source " + uri + " cannot be read: " + cause + ".");
  }

  private void requireAllowed(SourceUri uri) throws RejectedException {
    if (uri.host().isEmpty()
        || limits.allowedHosts().stream().noneMatch(rule -> matches(rule, uri))) {
      throw new RejectedException(
          Reason.SOURCE_NOT_ALLOWED,
          "The host of " + uri + " is not among those given with --allowed-host.");
    }
  }

  private static boolean matches(String rule, SourceUri uri) {
    String host = uri.host();
    int port = uri.uri().getPort();
    int defaultPort = uri.scheme().equals("https") ? 443 : 80;
    return rule.equalsIgnoreCase(host)
        || rule.equalsIgnoreCase(host + ":" + (port < 0 ? defaultPort : port))
        || (rule.startsWith("*.")
            && host.regionMatches(
                true, host.length() - rule.length() + 1, rule, 1, rule.length() - 1));
  }

  private static RejectedException rejection(SourceUri uri, Exception e) {
    if (e instanceof RejectedException rejected) {
      return rejected;
    }
    if (e instanceof TimeoutException) {
      return new RejectedException(
          Reason.FETCH_TIMEOUT,
          "Fetching " + uri + " took longer than --max-fetch-time allows.",
          e);
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new RejectedException(
        Reason.SOURCE_UNREADABLE, "The source " + uri + " cannot be read: " + e.getMessage(), e);
  }

  private static void delete(Path spooled) throws RejectedException {
    try {
      Files.deleteIfExists(spooled);
    } catch (IOException e) {
      throw new RejectedException(
          Reason.EXTRACTOR_FAULT, "The spooled file " + spooled + " cannot be deleted: " + e, e);
    }
  }

  /** A failure that is worth a retry. */
  private static final class TransientException extends Exception {
    private static final long serialVersionUID = 1L;

    TransientException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
