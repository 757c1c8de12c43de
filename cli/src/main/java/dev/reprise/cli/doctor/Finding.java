package dev.reprise.cli.doctor;

/**
 * The result of one check.
 *
 * @param subject what was checked
 * @param text one sentence; for a fault, with the remedy
 */
public record Finding(Verdict verdict, String subject, String text) {
  /** The severity of a finding. */
  public enum Verdict {
    OK,
    /** Not optimal, but nothing fails because of it. */
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
