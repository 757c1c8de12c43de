package dev.reprise.inference.model;

import org.jspecify.annotations.Nullable;

/** A model cannot be found, loaded or run; the message is one sentence for people. */
public final class ModelException extends Exception {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    this(message, null);
  }

  public ModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
