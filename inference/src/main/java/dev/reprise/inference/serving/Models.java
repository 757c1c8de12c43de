package dev.reprise.inference.serving;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The models of one role: the current one, which scores new tracks, and the previous one, which
 * stays loaded to finish the tracks that it began. There are never more than two: the next
 * replacement retires the previous model, and tracks that it has not finished by then are rejected.
 * Thread-safe.
 */
public final class Models implements AutoCloseable {
  private ServedModel current;
  private @Nullable ServedModel previous;
  private boolean closed;

  public Models(ServedModel first) {
    this.current = first;
  }

  /**
   * Returns the model that scores new tracks, for its metadata; see {@link #acquire()} for scoring.
   */
  public synchronized ServedModel current() {
    return current;
  }

  /** Acquires the model that scores new tracks; the caller releases it. */
  public synchronized ServedModel.Use acquire() {
    return current.acquire();
  }

  /** Acquires the model with this digest, if it is still loaded; the caller releases it. */
  public synchronized Optional<ServedModel.Use> acquire(String sha256) {
    if (current.metadata().sha256().equals(sha256)) {
      return Optional.of(current.acquire());
    }
    return previous != null && previous.metadata().sha256().equals(sha256)
        ? Optional.of(previous.acquire())
        : Optional.empty();
  }

  /**
   * Makes a loaded model the current one, and retires the previous one.
   *
   * @param next ownership passes to this object
   */
  public synchronized void replaceWith(ServedModel next) {
    if (closed) {
      next.retire();
      return;
    }
    if (previous != null) {
      previous.retire();
    }
    previous = current;
    current = next;
  }

  /**
   * Retires the models: each is closed when its last use is released. No model may be acquired
   * after this.
   */
  @Override
  public synchronized void close() {
    closed = true;
    current.retire();
    if (previous != null) {
      previous.retire();
    }
  }
}
