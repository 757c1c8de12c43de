package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.http.ProblemException;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyReaderTest {
  private static final int LIMIT = 100_000;

  private final UploadBudget budget = new UploadBudget(LIMIT);
  private final UploadBudget.Share share = budget.reserve(0).orElseThrow();
  private final ArrivingBody in = new ArrivingBody();
  private final AtomicLong clock = new AtomicLong();
  private final CompletableFuture<byte[]> body =
      BodyReader.read(in, new BodyLimit(LIMIT, "Too much."), new BodyInMemory(share), clock::get);

  @Test
  void joinsChunks() throws IOException {
    byte[] sent = new byte[LIMIT];
    new Random(1).nextBytes(sent);
    for (int offset = 0, size = 1; offset < LIMIT; offset += size, size = size * 3 + 1) {
      size = Math.min(size, LIMIT - offset);
      in.arrives(sent, offset, size);
      assertThat(budget.takenBytes()).isEqualTo(offset + size);
    }
    in.ends();
    assertThat(body).isCompletedWithValueMatching(it -> Arrays.equals(it, sent));
  }

  @Test
  void readsAnEmptyBody() throws IOException {
    in.ends();
    assertThat(body).isCompletedWithValueMatching(it -> it.length == 0);
  }

  @Test
  void refusesAnOversizedBodyOnceItHasArrived() throws IOException {
    in.arrives(new byte[LIMIT + 1], 0, LIMIT + 1);
    assertThat(body).isNotDone();
    assertThat(budget.takenBytes()).isZero();
    in.arrives(new byte[LIMIT], 0, LIMIT);
    in.ends();
    assertThat(status(body)).isEqualTo(413);
  }

  @Test
  void refusesABodyBeyondTheBudgetOnceItHasArrived() throws IOException {
    try (UploadBudget.Share other = budget.reserve(LIMIT - 10).orElseThrow()) {
      in.arrives(new byte[11], 0, 11);
      in.ends();
    }
    assertThat(status(body)).isEqualTo(503);
    assertThat(budget.takenBytes()).isZero();
  }

  @Test
  void stopsReadingAnEndlessBody() throws IOException {
    byte[] megabyte = new byte[1 << 20];
    for (int i = 0; i < 65 && !body.isDone(); i++) {
      in.arrives(megabyte, 0, megabyte.length);
    }
    assertThat(status(body)).isEqualTo(413);
  }

  @Test
  void discardsTheBodyOfARefusedRequest() throws IOException {
    ArrivingBody refused = new ArrivingBody();
    CompletableFuture<Void> discarded =
        BodyReader.discard(refused, ProblemException.unavailable("No room."), LIMIT);
    refused.arrives(new byte[LIMIT], 0, LIMIT);
    assertThat(discarded).isNotDone();
    refused.ends();
    assertThat(status(discarded)).isEqualTo(503);
  }

  @Test
  void failsWhenTheClientDisconnects() throws IOException {
    in.arrives(new byte[10], 0, 10);
    in.breaks(new EOFException());
    assertThat(status(body)).isEqualTo(400);
  }

  @Test
  void failsWhenTheClientStalls() throws IOException {
    in.arrives(new byte[10], 0, 10);
    in.breaks(new IOException(new TimeoutException()));
    assertThat(status(body)).isEqualTo(408);
  }

  @Test
  void acceptsASmallBodyThatPauses() throws IOException {
    in.arrives(new byte[1], 0, 1);
    after(10);
    in.arrives(new byte[1], 0, 1);
    in.ends();
    assertThat(body).isCompletedWithValueMatching(it -> it.length == 2);
  }

  /** The first 10 s do not count. */
  @Test
  void refusesLessThanAKibibytePerSecond() throws IOException {
    after(12);
    in.arrives(new byte[2048], 0, 2048);
    after(100);
    in.arrives(new byte[50 * 1024], 0, 50 * 1024);
    assertThat(status(body)).isEqualTo(408);
  }

  @Test
  void acceptsAKibibytePerSecond() throws IOException {
    after(12);
    in.arrives(new byte[2048], 0, 2048);
    after(20);
    in.arrives(new byte[20 * 1024], 0, 20 * 1024);
    in.ends();
    assertThat(body).isCompletedWithValueMatching(it -> it.length == 22 * 1024);
  }

  @Test
  void refusesABodyThatTakesOverFiveMinutes() throws IOException {
    after(301);
    in.arrives(new byte[LIMIT], 0, LIMIT);
    assertThat(status(body)).isEqualTo(408);
  }

  /** 16 MiB in five minutes are 56 KB/s, which a large body must keep up. */
  @ParameterizedTest
  @CsvSource({"60, 202", "50, 408"})
  void refusesALargeBodyThatArrivesTooSlowly(int kilobytesPerSecond, int expected)
      throws IOException {
    ArrivingBody large = new ArrivingBody();
    UploadBudget.Share shared = new UploadBudget(64L << 20).reserve(0).orElseThrow();
    CompletableFuture<byte[]> read =
        BodyReader.read(
            large, new BodyLimit(64 << 20, "Too much."), new BodyInMemory(shared), clock::get);
    byte[] chunk = new byte[kilobytesPerSecond * 1_000];
    for (int seconds = 0; seconds < 600 && !read.isDone(); seconds++) {
      after(1);
      large.arrives(chunk, 0, chunk.length);
    }
    if (expected == 408) {
      assertThat(status(read)).isEqualTo(408);
    } else {
      assertThat(read).isNotDone();
    }
  }

  private void after(int seconds) {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  private static int status(CompletableFuture<?> body) {
    assertThat(body).isCompletedExceptionally();
    Throwable failure = body.handle((bytes, cause) -> cause).join();
    assertThat(failure).isInstanceOf(ProblemException.class);
    return ((ProblemException) failure).status();
  }
}
