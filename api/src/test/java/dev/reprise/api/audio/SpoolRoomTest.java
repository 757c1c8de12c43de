package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.reprise.api.http.ProblemException;
import dev.reprise.spool.SpoolName;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The spool in a bucket whose store may hang. */
@Timeout(60)
class SpoolRoomTest {
  private static final int MIB = 1 << 20;
  private static final byte[] MEBIBYTE = new byte[MIB];

  private final AtomicLong clock = new AtomicLong();
  private final UploadBudget.Share share = new UploadBudget(256L * MIB).reserve(0).orElseThrow();
  private FakeBucket bucket;
  private UploadSpool spool;

  @BeforeEach
  void open() throws Exception {
    bucket = new FakeBucket();
    spool = new UploadSpool(bucket.spool(), 100L * MIB, clock::get);
  }

  @AfterEach
  void close() {
    bucket.close();
    spool.close();
  }

  @Test
  void listsTheSpoolAtMostOnceASecond() throws ProblemException {
    try (UploadSpool.Upload upload = spool.begin(0, share)) {
      receive(upload, 40);
      spool.begin(1, share).close();
      assertThat(bucket.lists()).isEqualTo(1);
      clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
      spool.begin(1, share).close();
      assertThat(bucket.lists()).isEqualTo(2);
    }
  }

  /** The store has none of them, but they may be missing in the latest listing. */
  @Test
  void whatWasCompletedAfterTheListingTakesRoom() throws ProblemException {
    for (int i = 0; i < 2; i++) {
      UploadSpool.Upload upload = spool.begin(30L * MIB, share);
      receive(upload, 30);
      upload.finish();
      upload.close();
    }
    assertRefused(503, 41L * MIB);
    spool.begin(40L * MIB, share).close();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    spool.begin(100L * MIB, share).close();
  }

  @Test
  void aStoreThatHangsDelaysNoUploadThatHasItsRoom() throws Exception {
    UploadSpool.Upload received = spool.begin(MIB, share);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    bucket.hangs();
    CompletableFuture<Void> lister = CompletableFuture.runAsync(() -> assertRefused(503, MIB));
    await().until(() -> bucket.lists() == 2);
    CompletableFuture<SpoolName> name =
        CompletableFuture.supplyAsync(
            () -> {
              try (received) {
                received.accept(MEBIBYTE, 0, MIB);
                return received.finish();
              } catch (ProblemException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(name).succeedsWithin(Duration.ofSeconds(5));
    assertRefused(503, MIB);
    assertThat(bucket.lists()).as("another upload does not wait for the store").isEqualTo(2);
    assertThat(lister).isNotDone();
  }

  @Test
  void aDeletionDelaysNoCaller() {
    bucket.hangs();
    CompletableFuture<Void> deleted =
        CompletableFuture.runAsync(() -> spool.delete(SpoolName.random()));
    assertThat(deleted).succeedsWithin(Duration.ofSeconds(5));
    await().until(() -> bucket.deletions().size() == 1);
  }

  /**
   * The store may have the object, which no event will name: it is deleted, and its room is free.
   */
  @ParameterizedTest
  @CsvSource({
    "BREAKS, 9, parts object",
    "ERROR_WITH_STATUS_200, 9, parts object",
    "BREAKS, 1, object",
  })
  void anUploadWhoseCompletionFailsIsDeleted(
      FakeBucket.Completion completion, int mebibytes, String deleted) throws ProblemException {
    UploadSpool.Upload upload = spool.begin(100L * MIB, share);
    receive(upload, mebibytes);
    bucket.fails(completion);
    ProblemException refusal = catchThrowableOfType(ProblemException.class, upload::finish);
    assertThat(refusal.status()).isEqualTo(503);
    upload.close();
    assertThat(bucket.deletions()).containsExactly(deleted.split(" "));
    spool.begin(100L * MIB, share).close();
  }

  private static void receive(UploadSpool.Upload upload, int mebibytes) throws ProblemException {
    for (int i = 0; i < mebibytes; i++) {
      upload.accept(MEBIBYTE, 0, MIB);
    }
  }

  private void assertRefused(int status, long bytes) {
    ProblemException refusal =
        catchThrowableOfType(ProblemException.class, () -> spool.begin(bytes, share));
    assertThat(refusal.status()).isEqualTo(status);
  }
}
