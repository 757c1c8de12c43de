package dev.reprise.extractor.worker;

/** No worker can be had: the pool is closed, or the system starts no process. No file's fault. */
public final class DecoderUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DecoderUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
