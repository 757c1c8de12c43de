package dev.reprise.inference.model;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a model cannot be found, loaded or run. The message is for the operator: a sentence,
 * or the cause alone, such as "its metadata lacks reprise.genres", where the caller names the model
 * and completes the sentence.
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
