package dev.reprise.extractor.extraction;

import dev.reprise.contract.RejectedException;

/**
 * Thrown if an extraction ends before the audio does; clips that the sink has received are to be
 * discarded.
 */
public final class ExtractionException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectedException rejection;
  private final double decodedSeconds;

  public ExtractionException(RejectedException rejection, double decodedSeconds) {
    super(rejection.getMessage(), rejection);
    this.rejection = rejection;
    this.decodedSeconds = decodedSeconds;
  }

  /** Returns why the file was rejected; also the cause. */
  public RejectedException rejection() {
    return rejection;
  }

  /** Returns the length of the audio that was decoded before, in seconds. */
  public double decodedSeconds() {
    return decodedSeconds;
  }
}
