package dev.reprise.extractor.pool;

/**
 * Thrown if no decoder is available: the pool is closed, or no process can be started. Never the
 * file's fault.
 */
public final class DecoderUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DecoderUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
