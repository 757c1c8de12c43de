package dev.reprise.cli.doctor;

/**
 * What one check found.
 *
 * @param subject what was looked at
 * @param text one sentence; for a fault, with what to do
 */
public record Finding(Verdict verdict, String subject, String text) {
  /** How it stands. */
  public enum Verdict {
    OK,
    /** Not as it could be, but nothing fails for it. */
    NOTE,
    FAULT
  }

  static Finding ok(String subject, String text) {
    return new Finding(Verdict.OK, subject, text);
  }

  static Finding note(String subject, String text) {
    return new Finding(Verdict.NOTE, subject, text);
  }

  static Finding fault(String subject, String text) {
    return new Finding(Verdict.FAULT, subject, text);
  }
}
