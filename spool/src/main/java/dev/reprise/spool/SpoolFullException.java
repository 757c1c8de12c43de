package dev.reprise.spool;

import java.io.IOException;

/** The disk or the store has no room left. */
public final class SpoolFullException extends IOException {
  private static final long serialVersionUID = 1L;

  SpoolFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
