package dev.reprise.extractor.decode;

import dev.reprise.contract.RejectedException;
import java.io.IOException;

/** Thrown by the channel of an {@link AudioInput} if reading fails for a known reason. */
public final class UnreadableException extends IOException {
  private static final long serialVersionUID = 1L;

  private final RejectedException rejection;

  public UnreadableException(RejectedException rejection) {
    super(rejection.getMessage(), rejection);
    this.rejection = rejection;
  }

  /** Returns why reading failed; also the cause. */
  public RejectedException rejection() {
    return rejection;
  }
}
