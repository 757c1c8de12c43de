package dev.reprise.api.catalogue;

/** Thrown when a response is temporarily unavailable. The message is one sentence. */
public final class UnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnavailableException(String message) {
    super(message);
  }

  public UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
