package dev.reprise.api.http;

import dev.reprise.api.upload.UploadBudget;
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
 * Reads a request's body as it comes, without a thread that waits for it, as far as the upload
 * budget has room.
 *
 * <p>The rest of a body that is refused is read and thrown away before the answer is given: most
 * clients look for an answer only when they have sent everything, and would find their connection
 * broken instead.
 *
 * <p>The server calls it from one thread at a time.
 */
final class BodyReader implements ReadListener {
  private static final int PIECE_BYTES = 8 << 10;

  /** Whoever sends still more is cut off. */
  private static final long MOST_DISCARDED_BYTES = 64L << 20;

  /** With the largest upload that is 56 KB a second. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** A slower client is refused: it holds a part of the upload budget. */
  private static final int MIN_BYTES_PER_SECOND = 1_024;

  /**
   * The rate counts after this time. Jetty's own minimum counts from the first byte, in
   * milliseconds: a body of two bytes fails when its end is read 2 ms later.
   */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ServletInputStream in;
  private final @Nullable BodyLimit limit;
  private final UploadBudget.@Nullable Share share;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();

  /** All full but the last. */
  private final List<byte[]> pieces = new ArrayList<>();

  private byte[] piece = new byte[PIECE_BYTES];
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
   * Reads a body; of an asynchronous request.
   *
   * @param limit how much it may have
   * @param share charged with what comes; closed when the body is refused
   * @return fails with a {@link ProblemException}
   */
  static CompletableFuture<byte[]> read(
      ServletInputStream in, BodyLimit limit, UploadBudget.Share share) {
    return read(in, limit, share, System::nanoTime);
  }

  /** Reads a body by another clock. */
  static CompletableFuture<byte[]> read(
      ServletInputStream in, BodyLimit limit, UploadBudget.Share share, LongSupplier nanoTime) {
    return new BodyReader(in, limit, share, null, nanoTime).start();
  }

  /**
   * Throws a body away; of an asynchronous request.
   *
   * @return fails with {@code refusal} when that is done
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
      int count = in.read(piece, filled, PIECE_BYTES - filled);
      if (count > 0) {
        take(count);
      }
    }
    // Not before: one arrival may be read in several pieces.
    if (!body.isDone() && !in.isFinished() && isTooSlow()) {
      fail(
          ProblemException.of(
              408, "The body has less than " + MIN_BYTES_PER_SECOND + " bytes a second."));
    }
  }

  private void take(int count) {
    if (nanoTime.getAsLong() - startNanos > LONGEST.toNanos()) {
      fail(ProblemException.of(408, "The body takes longer than " + LONGEST.toMinutes() + " min."));
    } else if (refusal == null && limit != null && size + count > limit.bytes()) {
      refuse(limit.exceeded());
    } else if (refusal == null && share != null && !share.use(count)) {
      refuse(AudioHandler.noRoom());
    }
    if (refusal == null) {
      keep(count);
    } else {
      throwAway(count);
    }
  }

  private boolean isTooSlow() {
    long counted = nanoTime.getAsLong() - startNanos - GRACE.toNanos();
    return size + discarded < MIN_BYTES_PER_SECOND * counted / TimeUnit.SECONDS.toNanos(1);
  }

  private void keep(int count) {
    size += count;
    filled += count;
    if (filled == PIECE_BYTES) {
      pieces.add(piece);
      piece = new byte[PIECE_BYTES];
      filled = 0;
    }
  }

  private void refuse(ProblemException why) {
    refusal = why;
    pieces.clear();
    filled = 0;
    if (share != null) {
      share.close();
    }
  }

  private void throwAway(int count) {
    discarded += count;
    if (refusal != null && discarded > MOST_DISCARDED_BYTES) {
      fail(refusal);
    }
  }

  @Override
  public void onAllDataRead() {
    if (refusal != null) {
      fail(refusal);
    } else {
      body.complete(joined());
    }
  }

  private byte[] joined() {
    byte[] joined = new byte[size];
    int at = 0;
    for (byte[] full : pieces) {
      System.arraycopy(full, 0, joined, at, PIECE_BYTES);
      at += PIECE_BYTES;
    }
    System.arraycopy(piece, 0, joined, at, filled);
    pieces.clear();
    return joined;
  }

  @Override
  public void onError(Throwable failure) {
    boolean silent =
        failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException;
    fail(
        silent
            ? ProblemException.of(408, "Nothing has come of the body for too long.")
            : BodyFault.problem(failure));
  }

  private void fail(Throwable failure) {
    body.completeExceptionally(failure);
  }
}
