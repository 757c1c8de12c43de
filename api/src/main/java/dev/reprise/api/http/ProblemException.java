package dev.reprise.api.http;

import java.util.Optional;

/** A failed request, reported as a problem document (RFC 9457). */
public final class ProblemException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;
  private final int retryAfterSeconds;

  private ProblemException(int status, String detail, String reason) {
    this(status, detail, reason, 1);
  }

  private ProblemException(int status, String detail, String reason, int retryAfterSeconds) {
    super(detail);
    this.status = status;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Returns a 400: the request is malformed or makes no sense. */
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
   * Returns a 422: extraction or scoring of the audio failed.
   *
   * @param reason the dead letter's reason
   */
  public static ProblemException rejected(String detail, String reason) {
    return new ProblemException(422, detail, reason);
  }

  /** Returns a 503: a retry after a second may succeed. */
  public static ProblemException unavailable(String detail) {
    return new ProblemException(503, detail, "");
  }

  /** Returns a 503: a retry after some seconds may succeed. */
  public static ProblemException unavailable(String detail, int retryAfterSeconds) {
    return new ProblemException(503, detail, "", retryAfterSeconds);
  }

  public static ProblemException of(int status, String detail) {
    return new ProblemException(status, detail, "");
  }

  public int status() {
    return status;
  }

  int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  Optional<String> reason() {
    return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
  }
}
