package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolFullException;
import dev.reprise.spool.SpoolName;
import dev.reprise.spool.SpoolWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spool as the API uses it: within a bound on the bytes of all uploads in it, whichever
 * instance received them, and on the number of concurrent ones of this instance. Thread-safe; the
 * uploads are not.
 */
public final class UploadSpool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UploadSpool.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** What an upload of unknown size reserves at a time. */
  private static final long STEP_BYTES = 8L << 20;

  private final Spool spool;
  private final SpoolRoom room;
  private final ExecutorService deletions =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "upload-deletions"));

  /**
   * @param spool owned by this, and closed with it
   * @param maxBytes bound on the bytes in the spool
   */
  public UploadSpool(Spool spool, long maxBytes) {
    this(spool, maxBytes, System::nanoTime);
  }

  /** As above, with a clock for tests. */
  UploadSpool(Spool spool, long maxBytes, LongSupplier nanoTime) {
    this.spool = spool;
    this.room = new SpoolRoom(spool, maxBytes, nanoTime);
  }

  /**
   * Begins an upload.
   *
   * @param expectedBytes its size, or less if it is not known
   * @param share charged with the memory that the upload takes
   * @throws ProblemException (503 or 507) if there is no room for it
   */
  Upload begin(long expectedBytes, UploadBudget.Share share) throws ProblemException {
    SpoolName name = SpoolName.random();
    SpoolRoom.Reservation reservation = room.begin(name);
    try {
      if (!share.use(spool.bufferBytes())) {
        throw AudioHandler.budgetExhausted();
      }
      reservation.reserve(expectedBytes);
      return new Upload(name, reservation, spool.create(name));
    } catch (ProblemException | RuntimeException e) {
      reservation.close();
      throw e;
    } catch (IOException e) {
      reservation.close();
      throw problem(e);
    }
  }

  /** Deletes an upload that no event names, on a thread of its own: the caller does not wait. */
  void delete(SpoolName name) {
    try {
      deletions.execute(() -> deleteNow(name));
    } catch (RejectedExecutionException e) {
      log.debug("The upload {} is deleted when it expires", name, e);
    }
  }

  private void deleteNow(SpoolName name) {
    try {
      spool.delete(name);
    } catch (IOException | RuntimeException e) {
      log.warn(
          "Cannot delete the upload {}: {}. It is deleted when it expires.", name, e.toString());
    }
  }

  private static ProblemException problem(IOException e) {
    if (e instanceof SpoolFullException) {
      log.warn("The spool is full: {}", e.getMessage());
      return SpoolRoom.diskFull();
    }
    log.warn("The spool cannot be used: {}", e.toString());
    return ProblemException.unavailable("The server's spool cannot be used; try again.");
  }

  /** Waits for deletions that have begun, and closes the spool. */
  @Override
  public void close() {
    deletions.shutdown();
    try {
      if (!deletions.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        deletions.shutdownNow();
      }
    } catch (InterruptedException e) {
      deletions.shutdownNow();
      Thread.currentThread().interrupt();
    }
    spool.close();
  }

  /** One upload on its way into the spool. */
  static final class Upload implements BodySink<SpoolName> {
    private final SpoolName name;
    private final SpoolRoom.Reservation reservation;
    private final SpoolWriter writer;

    private Upload(SpoolName name, SpoolRoom.Reservation reservation, SpoolWriter writer) {
      this.name = name;
      this.reservation = reservation;
      this.writer = writer;
    }

    @Override
    public void accept(byte[] bytes, int offset, int count) throws ProblemException {
      try {
        if (!reservation.hasRoomFor(count)) {
          reservation.reserve(STEP_BYTES);
        }
        writer.write(bytes, offset, count);
      } catch (IOException e) {
        throw problem(e);
      }
      reservation.use(count);
    }

    @Override
    public SpoolName finish() throws ProblemException {
      try {
        writer.complete();
      } catch (IOException e) {
        throw problem(e);
      }
      reservation.complete();
      return name;
    }

    /** Discards the upload, unless it is complete. */
    @Override
    public void close() {
      writer.close();
      reservation.close();
    }
  }
}
