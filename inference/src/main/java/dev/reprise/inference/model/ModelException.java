package dev.reprise.inference.model;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a model cannot be found, loaded or run. The message is one sentence for the operator.
 */
public final class ModelException extends Exception {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    this(message, null);
  }

  public ModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
