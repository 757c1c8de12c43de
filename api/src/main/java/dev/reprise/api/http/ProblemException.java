package dev.reprise.api.http;

import java.util.Optional;

/** A request that is not answered as asked, as a problem document says it (RFC 9457). */
public final class ProblemException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;

  private ProblemException(int status, String detail, String reason) {
    super(detail);
    this.status = status;
    this.reason = reason;
  }

  /** What is asked makes no sense. */
  public static ProblemException badRequest(String detail) {
    return new ProblemException(400, detail, "");
  }

  public static ProblemException notFound(String detail) {
    return new ProblemException(404, detail, "");
  }

  public static ProblemException tooLarge(String detail) {
    return new ProblemException(413, detail, "");
  }

  public static ProblemException unsupportedMediaType(String detail) {
    return new ProblemException(415, detail, "");
  }

  /**
   * The audio came to nothing.
   *
   * @param reason the word of the dead letter
   */
  public static ProblemException rejected(String detail, String reason) {
    return new ProblemException(422, detail, reason);
  }

  /** Not now; worth trying again after a second. */
  public static ProblemException unavailable(String detail) {
    return new ProblemException(503, detail, "");
  }

  public static ProblemException of(int status, String detail) {
    return new ProblemException(status, detail, "");
  }

  public int status() {
    return status;
  }

  Optional<String> reason() {
    return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
  }
}
