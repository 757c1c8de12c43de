package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Non-blocking reader of a request body, which it passes to a sink.
 *
 * <p>The rest of a refused body is read and discarded before the response: most clients read the
 * response only after they have sent everything, and would see a broken connection instead.
 *
 * <p>Not thread-safe; the server calls it from one thread at a time.
 *
 * @param <T> result of the sink
 */
final class BodyReader<T> implements ReadListener {
  private static final int BUFFER_BYTES = 16 << 10;

  /** The connection of a client that sends still more than this, and than is allowed, is closed. */
  private static final long MIN_DISCARDED_BYTES = 64L << 20;

  /**
   * The time for the first {@link #TIMED_BYTES}, and for each as many that follow: 56 KB/s. A
   * slower client is refused, since it holds memory or room in the spool.
   */
  private static final Duration MAX_DURATION = Duration.ofMinutes(5);

  private static final long TIMED_BYTES = 16L << 20;

  /** From the end of the grace period on. */
  private static final int MIN_BYTES_PER_SECOND = 1_024;

  /**
   * The data rate counts after this time. Jetty's minimum data rate has no grace period: a body of
   * two bytes fails if its end is read 2 ms after its first byte.
   */
  private static final Duration GRACE_PERIOD = Duration.ofSeconds(10);

  private final ServletInputStream in;
  private final @Nullable BodyLimit limit;
  private final @Nullable BodySink<T> sink;
  private final long maxDiscardedBytes;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final CompletableFuture<T> body = new CompletableFuture<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long size;
  private @Nullable ProblemException refusal;
  private long discarded;

  private BodyReader(
      ServletInputStream in,
      @Nullable BodyLimit limit,
      @Nullable BodySink<T> sink,
      @Nullable ProblemException refusal,
      long maxBodyBytes,
      LongSupplier nanoTime) {
    this.in = in;
    this.limit = limit;
    this.sink = sink;
    this.refusal = refusal;
    this.maxDiscardedBytes = Math.max(MIN_DISCARDED_BYTES, maxBodyBytes);
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  /**
   * Reads the body of an asynchronous request.
   *
   * @param limit size limit of the body
   * @param sink takes the body; closed if the body is refused or fails
   * @return the sink's result; fails with a {@link ProblemException}
   */
  static <T> CompletableFuture<T> read(ServletInputStream in, BodyLimit limit, BodySink<T> sink) {
    return read(in, limit, sink, System::nanoTime);
  }

  /** As above, with a clock for tests. */
  static <T> CompletableFuture<T> read(
      ServletInputStream in, BodyLimit limit, BodySink<T> sink, LongSupplier nanoTime) {
    return new BodyReader<>(in, limit, sink, null, limit.bytes(), nanoTime).start();
  }

  /**
   * Reads and discards the body of an asynchronous request.
   *
   * @param maxBodyBytes largest size of a body that is not refused
   * @return fails with {@code refusal} when the body has been discarded
   */
  static CompletableFuture<Void> discard(
      ServletInputStream in, ProblemException refusal, long maxBodyBytes) {
    return new BodyReader<Void>(in, null, null, refusal, maxBodyBytes, System::nanoTime).start();
  }

  private CompletableFuture<T> start() {
    in.setReadListener(this);
    return body;
  }

  @Override
  public void onDataAvailable() throws IOException {
    while (!body.isDone() && in.isReady() && !in.isFinished()) {
      int count = in.read(buffer, 0, BUFFER_BYTES);
      if (count > 0) {
        accept(count);
      }
    }
    // After the loop, since what arrived at once may be read in several steps.
    if (!body.isDone() && !in.isFinished() && isTooSlow()) {
      fail(
          ProblemException.of(
              408, "The body arrives at less than " + MIN_BYTES_PER_SECOND + " bytes/s."));
    }
  }

  private void accept(int count) {
    if (elapsedNanos() > maxNanos()) {
      fail(
          ProblemException.of(
              408,
              "The body takes longer than %d min for each %d MiB."
                  .formatted(MAX_DURATION.toMinutes(), TIMED_BYTES >> 20)));
    } else if (refusal == null) {
      pass(count);
    }
    if (refusal != null) {
      countDiscarded(count);
    }
  }

  private void pass(int count) {
    try {
      if (limit != null && size + count > limit.bytes()) {
        throw limit.exceeded();
      }
      if (sink != null) {
        sink.accept(buffer, 0, count);
      }
      size += count;
    } catch (ProblemException e) {
      refuse(e);
    }
  }

  private long maxNanos() {
    double periods = Math.max(1, (double) (size + discarded) / TIMED_BYTES);
    return (long) (MAX_DURATION.toNanos() * periods);
  }

  private boolean isTooSlow() {
    long countedNanos = elapsedNanos() - GRACE_PERIOD.toNanos();
    return size + discarded < MIN_BYTES_PER_SECOND * countedNanos / TimeUnit.SECONDS.toNanos(1);
  }

  private long elapsedNanos() {
    return nanoTime.getAsLong() - startNanos;
  }

  private void refuse(ProblemException problem) {
    refusal = problem;
    closeSink();
  }

  private void closeSink() {
    if (sink != null) {
      sink.close();
    }
  }

  private void countDiscarded(int count) {
    discarded += count;
    if (refusal != null && discarded > maxDiscardedBytes) {
      fail(refusal);
    }
  }

  @Override
  public void onAllDataRead() {
    if (body.isDone()) {
      return;
    }
    if (refusal != null || sink == null) {
      fail(refusal == null ? new IllegalStateException("The body has no sink.") : refusal);
      return;
    }
    try {
      body.complete(sink.finish());
    } catch (ProblemException e) {
      fail(e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    boolean timedOut =
        failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException;
    fail(
        timedOut
            ? ProblemException.of(408, "The body has stalled: no data arrived for too long.")
            : BodyFailures.problem(failure));
  }

  /** Closes the sink first: when the response is sent, nothing of the body is left. */
  private void fail(Throwable failure) {
    if (!body.isDone()) {
      closeSink();
      body.completeExceptionally(failure);
    }
  }
}
