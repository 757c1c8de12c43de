package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolName;
import dev.reprise.spool.SpooledFile;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The room in a spool: what is stored in it, by a listing that is reused for a second, and what the
 * uploads of this instance may yet write. Thread-safe.
 *
 * <p>One thread at a time lists the spool, without the lock that uploads in progress need: a store
 * that hangs delays those only that need more room.
 */
final class SpoolRoom {
  /** Each writes to the disk or the network on a thread of the server. */
  static final int MAX_CONCURRENT = 32;

  /** An extraction frees the room; the client sends the whole file again. */
  private static final int RETRY_AFTER_SECONDS = 10;

  private static final int INSUFFICIENT_STORAGE = 507;

  private static final Duration MAX_AGE = Duration.ofSeconds(1);

  /** Longest wait for another thread, which lists the spool. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private final Spool spool;
  private final long maxBytes;
  private final LongSupplier nanoTime;
  private final ReentrantLock listing = new ReentrantLock();

  /** Of uploads that are being received, or were completed after the latest listing had begun. */
  private final Set<Reservation> reservations = new HashSet<>();

  private @Nullable Listing latest;

  /**
   * A listing of the spool.
   *
   * @param storedBytes bytes of the uploads that have no reservation
   * @param freeBytes bytes that the disk had left
   * @param nanos when the listing ended
   */
  private record Listing(long storedBytes, long freeBytes, long nanos) {}

  SpoolRoom(Spool spool, long maxBytes, LongSupplier nanoTime) {
    this.spool = spool;
    this.maxBytes = maxBytes;
    this.nanoTime = nanoTime;
  }

  /**
   * Returns a reservation without bytes.
   *
   * @throws ProblemException (503) if there are too many
   */
  synchronized Reservation begin(SpoolName name) throws ProblemException {
    if (reservations.stream().filter(it -> !it.isComplete).count() == MAX_CONCURRENT) {
      throw ProblemException.unavailable(
          "The server receives %d large files already; try again.".formatted(MAX_CONCURRENT),
          RETRY_AFTER_SECONDS);
    }
    Reservation reservation = new Reservation(name);
    reservations.add(reservation);
    return reservation;
  }

  static ProblemException diskFull() {
    return ProblemException.of(
        INSUFFICIENT_STORAGE, "The server's disk has no room for the file; try again later.");
  }

  /** Lists the spool, unless the latest listing is recent. */
  private void refresh() throws ProblemException, IOException {
    lock();
    try {
      if (!isRecent()) {
        list();
      }
    } finally {
      listing.unlock();
    }
  }

  private void lock() throws ProblemException {
    try {
      if (listing.tryLock(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw ProblemException.unavailable(
        "The server's spool does not respond; try again.", RETRY_AFTER_SECONDS);
  }

  private synchronized boolean isRecent() {
    return latest != null && nanoTime.getAsLong() - latest.nanos() < MAX_AGE.toNanos();
  }

  private void list() throws IOException {
    Map<Reservation, Long> written = new HashMap<>();
    Set<Reservation> completed = new HashSet<>();
    synchronized (this) {
      reservations.forEach(it -> written.put(it, it.written));
      reservations.stream().filter(it -> it.isComplete).forEach(completed::add);
    }
    long free = spool.freeBytes();
    List<SpooledFile> files = spool.list();
    synchronized (this) {
      written.forEach((reservation, bytes) -> reservation.writtenBefore = bytes);
      reservations.removeAll(completed);
      latest = new Listing(storedBytes(files), free, nanoTime.getAsLong());
    }
  }

  private long storedBytes(List<SpooledFile> files) {
    Set<SpoolName> reserved = reservations.stream().map(it -> it.name).collect(Collectors.toSet());
    return files.stream()
        .filter(file -> !reserved.contains(file.name()))
        .mapToLong(SpooledFile::bytes)
        .sum();
  }

  /** The room of one upload. */
  final class Reservation {
    private final SpoolName name;
    private long reserved;
    private long written;

    /** Bytes written before the latest listing began: the disk's free bytes are without them. */
    private long writtenBefore;

    private boolean isComplete;

    private Reservation(SpoolName name) {
      this.name = name;
    }

    /**
     * Reserves more bytes.
     *
     * @throws ProblemException (503 or 507) if there is no room for them
     */
    void reserve(long bytes) throws ProblemException, IOException {
      refresh();
      synchronized (SpoolRoom.this) {
        Listing listed = Objects.requireNonNull(latest);
        long reservedByAll = reservations.stream().mapToLong(it -> it.reserved).sum();
        long onDisk = reservations.stream().mapToLong(it -> it.writtenBefore).sum();
        if (listed.freeBytes() - (reservedByAll - onDisk) < bytes) {
          throw diskFull();
        }
        if (listed.storedBytes() + reservedByAll + bytes > maxBytes) {
          throw ProblemException.unavailable(
              "The server's spool for large files is full (--max-spool-size); try again later.",
              RETRY_AFTER_SECONDS);
        }
        reserved += bytes;
      }
    }

    /** Counts bytes that the upload has written. */
    void use(long bytes) {
      synchronized (SpoolRoom.this) {
        written += bytes;
      }
    }

    boolean hasRoomFor(long bytes) {
      synchronized (SpoolRoom.this) {
        return written + bytes <= reserved;
      }
    }

    /** Keeps the bytes of a complete upload reserved until it is listed. */
    void complete() {
      synchronized (SpoolRoom.this) {
        reserved = written;
        isComplete = true;
      }
    }

    /** Releases the room, unless the upload is complete; idempotent. */
    void close() {
      synchronized (SpoolRoom.this) {
        if (!isComplete) {
          reservations.remove(this);
        }
      }
    }
  }
}
