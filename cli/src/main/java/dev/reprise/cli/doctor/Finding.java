package dev.reprise.cli.doctor;

/**
 * The result of one check.
 *
 * @param subject what was checked
 * @param text one sentence; for an error, with the remedy
 */
public record Finding(Verdict verdict, String subject, String text) {
  /** The severity of a finding. */
  public enum Verdict {
    OK,
    /** Suboptimal, but nothing fails because of it. */
    NOTE,
    ERROR
  }

  static Finding ok(String subject, String text) {
    return new Finding(Verdict.OK, subject, text);
  }

  static Finding note(String subject, String text) {
    return new Finding(Verdict.NOTE, subject, text);
  }

  static Finding error(String subject, String text) {
    return new Finding(Verdict.ERROR, subject, text);
  }
}
