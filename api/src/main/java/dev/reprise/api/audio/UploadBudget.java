package dev.reprise.api.audio;

import java.util.Optional;

/**
 * How many bytes of audio may be held at a time, from the first byte that is read to the broker's
 * word that it has them all. Thread-safe.
 */
public final class UploadBudget {
  private final long bytes;
  private long taken;

  public UploadBudget(long bytes) {
    this.bytes = bytes;
  }

  /**
   * Takes a part, for an upload that will have so many bytes.
   *
   * @return empty if there is too little left
   */
  public Optional<Share> reserve(long expectedBytes) {
    return take(expectedBytes) ? Optional.of(new Share(expectedBytes)) : Optional.empty();
  }

  /** Bytes that are held, or kept free for uploads that have begun. */
  public synchronized long takenBytes() {
    return taken;
  }

  private synchronized boolean take(long more) {
    if (more > bytes - taken) {
      return false;
    }
    taken += more;
    return true;
  }

  private synchronized void giveBack(long less) {
    taken -= less;
  }

  /** One upload's part of the budget. Thread-safe. */
  public final class Share implements AutoCloseable {
    private long reserved;
    private long used;
    private boolean closed;

    private Share(long reserved) {
      this.reserved = reserved;
    }

    /**
     * Counts bytes that have come, and takes more of the budget where too few were reserved.
     *
     * @return false if there is too little left, or the share is closed
     */
    public synchronized boolean use(long more) {
      long missing = Math.max(0, used + more - reserved);
      if (closed || !take(missing)) {
        return false;
      }
      reserved += missing;
      used += more;
      return true;
    }

    /** Gives back what is reserved for bytes that have not come yet. */
    public synchronized void trim() {
      giveBack(reserved - used);
      reserved = used;
    }

    /** Gives everything back, once however often it is called. */
    @Override
    public synchronized void close() {
      giveBack(reserved);
      reserved = 0;
      used = 0;
      closed = true;
    }
  }
}
