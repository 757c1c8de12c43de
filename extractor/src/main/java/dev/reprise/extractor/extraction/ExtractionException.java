package dev.reprise.extractor.extraction;

import dev.reprise.contract.RejectedException;

/** An extraction that ended before the audio did: clips that the sink has are void. */
public final class ExtractionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectedException rejection;
  private final double decodedSeconds;

  public ExtractionException(RejectedException rejection, double decodedSeconds) {
    super(rejection.getMessage(), rejection);
    this.rejection = rejection;
    this.decodedSeconds = decodedSeconds;
  }

  /** Why the file was rejected; also the cause. */
  public RejectedException rejection() {
    return rejection;
  }

  /** How much audio had been decoded by then. */
  public double decodedSeconds() {
    return decodedSeconds;
  }
}
