package dev.reprise.contract;

import org.jspecify.annotations.Nullable;

/**
 * Thrown for an input that no retry can process. The message is one sentence for people: what is
 * wrong, where, and what to do.
 */
public final class RejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public RejectedException(Reason reason, String message) {
    this(reason, message, null);
  }

  public RejectedException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
