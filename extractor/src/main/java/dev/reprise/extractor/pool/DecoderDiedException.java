package dev.reprise.extractor.pool;

import dev.reprise.contract.RejectedException;

/** Thrown if a decoder process died, or was killed, while it had a file. */
final class DecoderDiedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectedException rejection;
  private final boolean begun;

  DecoderDiedException(RejectedException rejection, boolean begun) {
    super(rejection.getMessage(), rejection);
    this.rejection = rejection;
    this.begun = begun;
  }

  RejectedException rejection() {
    return rejection;
  }

  /**
   * Returns whether the decoder had requested the file's first byte; if not, the file is not the
   * cause.
   */
  boolean begun() {
    return begun;
  }
}
