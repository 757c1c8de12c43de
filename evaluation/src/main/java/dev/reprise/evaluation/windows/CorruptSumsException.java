package dev.reprise.evaluation.windows;

/** More was taken back from the sums of a window than was added: part of them has been lost. */
final class CorruptSumsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CorruptSumsException() {
    super("More was taken back than was counted");
  }
}
