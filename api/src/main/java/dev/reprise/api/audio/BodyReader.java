package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Non-blocking reader of a request body, bounded by the upload budget.
 *
 * <p>The rest of a refused body is read and discarded before the response: most clients read the
 * response only after they have sent everything, and would see a broken connection instead.
 *
 * <p>Not thread-safe; the server calls it from one thread at a time.
 */
final class BodyReader implements ReadListener {
  private static final int CHUNK_BYTES = 8 << 10;

  /** The connection of a client that sends still more is closed. */
  private static final long MAX_DISCARDED_BYTES = 64L << 20;

  /** For the largest upload, this means 56 KB/s. */
  private static final Duration MAX_DURATION = Duration.ofMinutes(5);

  /** A slower client is refused, since it holds a share of the upload budget. */
  private static final int MIN_BYTES_PER_SECOND = 1_024;

  /**
   * The data rate counts after this time. Jetty's minimum data rate has no grace period: a body of
   * two bytes fails if its end is read 2 ms after its first byte.
   */
  private static final Duration GRACE_PERIOD = Duration.ofSeconds(10);

  private final ServletInputStream in;
  private final @Nullable BodyLimit limit;
  private final UploadBudget.@Nullable Share share;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();

  /** Full chunks, before {@link #chunk}. */
  private final List<byte[]> chunks = new ArrayList<>();

  private byte[] chunk = new byte[CHUNK_BYTES];
  private int filled;
  private int size;
  private @Nullable ProblemException refusal;
  private long discarded;

  private BodyReader(
      ServletInputStream in,
      @Nullable BodyLimit limit,
      UploadBudget.@Nullable Share share,
      @Nullable ProblemException refusal,
      LongSupplier nanoTime) {
    this.in = in;
    this.limit = limit;
    this.share = share;
    this.refusal = refusal;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  /**
   * Reads the body of an asynchronous request.
   *
   * @param limit size limit of the body
   * @param share charged with the bytes read; closed when the body is refused
   * @return the body; fails with a {@link ProblemException}
   */
  static CompletableFuture<byte[]> read(
      ServletInputStream in, BodyLimit limit, UploadBudget.Share share) {
    return read(in, limit, share, System::nanoTime);
  }

  /** As above, with a clock for tests. */
  static CompletableFuture<byte[]> read(
      ServletInputStream in, BodyLimit limit, UploadBudget.Share share, LongSupplier nanoTime) {
    return new BodyReader(in, limit, share, null, nanoTime).start();
  }

  /**
   * Reads and discards the body of an asynchronous request.
   *
   * @return fails with {@code refusal} when the body has been discarded
   */
  static CompletableFuture<byte[]> discard(ServletInputStream in, ProblemException refusal) {
    return new BodyReader(in, null, null, refusal, System::nanoTime).start();
  }

  private CompletableFuture<byte[]> start() {
    in.setReadListener(this);
    return body;
  }

  @Override
  public void onDataAvailable() throws IOException {
    while (!body.isDone() && in.isReady() && !in.isFinished()) {
      int count = in.read(chunk, filled, CHUNK_BYTES - filled);
      if (count > 0) {
        accept(count);
      }
    }
    // After the loop, since what arrived at once may be read in several chunks.
    if (!body.isDone() && !in.isFinished() && isTooSlow()) {
      fail(
          ProblemException.of(
              408, "The body arrives at less than " + MIN_BYTES_PER_SECOND + " bytes/s."));
    }
  }

  private void accept(int count) {
    if (elapsedNanos() > MAX_DURATION.toNanos()) {
      fail(
          ProblemException.of(
              408, "The body takes longer than " + MAX_DURATION.toMinutes() + " min."));
    } else if (refusal == null && limit != null && size + count > limit.bytes()) {
      refuse(limit.exceeded());
    } else if (refusal == null && share != null && !share.use(count)) {
      refuse(AudioHandler.budgetExhausted());
    }
    if (refusal == null) {
      append(count);
    } else {
      countDiscarded(count);
    }
  }

  private boolean isTooSlow() {
    long countedNanos = elapsedNanos() - GRACE_PERIOD.toNanos();
    return size + discarded < MIN_BYTES_PER_SECOND * countedNanos / TimeUnit.SECONDS.toNanos(1);
  }

  private long elapsedNanos() {
    return nanoTime.getAsLong() - startNanos;
  }

  private void append(int count) {
    size += count;
    filled += count;
    if (filled == CHUNK_BYTES) {
      chunks.add(chunk);
      chunk = new byte[CHUNK_BYTES];
      filled = 0;
    }
  }

  private void refuse(ProblemException problem) {
    refusal = problem;
    chunks.clear();
    filled = 0;
    if (share != null) {
      share.close();
    }
  }

  private void countDiscarded(int count) {
    discarded += count;
    if (refusal != null && discarded > MAX_DISCARDED_BYTES) {
      fail(refusal);
    }
  }

  @Override
  public void onAllDataRead() {
    if (refusal != null) {
      fail(refusal);
    } else {
      body.complete(join());
    }
  }

  private byte[] join() {
    byte[] joined = new byte[size];
    int offset = 0;
    for (byte[] full : chunks) {
      System.arraycopy(full, 0, joined, offset, CHUNK_BYTES);
      offset += CHUNK_BYTES;
    }
    System.arraycopy(chunk, 0, joined, offset, filled);
    chunks.clear();
    return joined;
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

  private void fail(Throwable failure) {
    body.completeExceptionally(failure);
  }
}
