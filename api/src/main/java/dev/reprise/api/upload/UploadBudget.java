package dev.reprise.api.upload;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many bytes of audio may be held at a time, from the first byte that is read to the broker's
 * word that it has them all. Thread-safe.
 */
public final class UploadBudget {
  private static final int UNIT_BYTES = 1024;

  private final Semaphore units;
  private final int total;

  /**
   * @param bytes rounded down to KiB
   */
  public UploadBudget(long bytes) {
    this.total = Math.toIntExact(bytes / UNIT_BYTES);
    this.units = new Semaphore(total);
  }

  /** A part of the budget, given back once however often it is closed. */
  public interface Share extends AutoCloseable {
    @Override
    void close();
  }

  /** Takes a part; empty if there is too little left. */
  public Optional<Share> take(long bytes) {
    int taken = Math.toIntExact((bytes + UNIT_BYTES - 1) / UNIT_BYTES);
    if (!units.tryAcquire(taken)) {
      return Optional.empty();
    }
    AtomicBoolean open = new AtomicBoolean(true);
    return Optional.of(
        () -> {
          if (open.getAndSet(false)) {
            units.release(taken);
          }
        });
  }

  /** Bytes that are held. */
  public long takenBytes() {
    return (long) (total - units.availablePermits()) * UNIT_BYTES;
  }
}
