package dev.reprise.inference.serving;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The models of one role: the current one, which begins tracks, and the one before it, which stays
 * to finish those that it began. There are never more than two: the next replacement retires the
 * one before, and a track that it has not finished by then cannot be. Thread-safe.
 */
public final class Models implements AutoCloseable {
  private ServedModel current;
  private @Nullable ServedModel previous;
  private boolean closed;

  public Models(ServedModel first) {
    this.current = first;
  }

  /** The model that new tracks get, for looking at; see {@link #use()} for scoring. */
  public synchronized ServedModel current() {
    return current;
  }

  /** The model that new tracks get. */
  public synchronized ServedModel.Use use() {
    return current.use();
  }

  /** The model with this digest, if it is still there. */
  public synchronized Optional<ServedModel.Use> use(String sha256) {
    if (current.metadata().sha256().equals(sha256)) {
      return Optional.of(current.use());
    }
    return previous != null && previous.metadata().sha256().equals(sha256)
        ? Optional.of(previous.use())
        : Optional.empty();
  }

  /** Takes over a model that is ready to score, and retires the one before the current one. */
  public synchronized void replaceBy(ServedModel next) {
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
   * Frees the models as soon as the threads that still score have done. Nothing else works then.
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
