package dev.reprise.extractor.pool;

/**
 * Thrown if no decoder process is available: the pool is closed, or no process can be started. A
 * file never causes it.
 */
public final class DecoderUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DecoderUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
