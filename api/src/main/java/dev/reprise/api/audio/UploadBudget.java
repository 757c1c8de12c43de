package dev.reprise.api.audio;

import java.util.Optional;

/**
 * The memory budget of concurrent uploads: bytes of audio held from the first byte read until the
 * broker has acknowledged the event. Thread-safe.
 */
public final class UploadBudget {
  private final long bytes;
  private long taken;

  /**
   * @param bytes size of the budget
   */
  public UploadBudget(long bytes) {
    this.bytes = bytes;
  }

  /**
   * Reserves a share for an upload.
   *
   * @param expectedBytes size of the upload; 0 if unknown
   * @return empty if too little is left
   */
  public Optional<Share> reserve(long expectedBytes) {
    return acquire(expectedBytes) ? Optional.of(new Share(expectedBytes)) : Optional.empty();
  }

  /** Returns the bytes in use by uploads, or reserved for them. */
  public synchronized long takenBytes() {
    return taken;
  }

  private synchronized boolean acquire(long more) {
    if (more > bytes - taken) {
      return false;
    }
    taken += more;
    return true;
  }

  private synchronized void release(long less) {
    taken -= less;
  }

  /** One upload's share of the budget. Thread-safe. */
  public final class Share implements AutoCloseable {
    private long reserved;
    private long used;
    private boolean closed;

    private Share(long reserved) {
      this.reserved = reserved;
    }

    /**
     * Counts bytes that have arrived, and acquires more of the budget if too few were reserved.
     *
     * @param more bytes that have arrived since the last call
     * @return false if too little is left, or the share is closed
     */
    public synchronized boolean use(long more) {
      long missing = Math.max(0, used + more - reserved);
      if (closed || !acquire(missing)) {
        return false;
      }
      reserved += missing;
      used += more;
      return true;
    }

    /** Releases bytes that are no longer held. */
    public synchronized void release(long less) {
      if (!closed) {
        UploadBudget.this.release(less);
        reserved -= less;
        used -= less;
      }
    }

    /** Releases what is reserved for bytes that have not arrived yet. */
    public synchronized void trim() {
      UploadBudget.this.release(reserved - used);
      reserved = used;
    }

    /** Releases the whole share; idempotent. */
    @Override
    public synchronized void close() {
      UploadBudget.this.release(reserved);
      reserved = 0;
      used = 0;
      closed = true;
    }
  }
}
