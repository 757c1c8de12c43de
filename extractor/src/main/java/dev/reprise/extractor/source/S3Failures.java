package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Explains why an object cannot be read. Thread-safe.
 *
 * <p>As with {@code http:} sources, an event whose source still fails after the retries is
 * rejected, even if the store rejects every request. That it refuses the credentials, which
 * concerns all events, is also logged, once until a request succeeds.
 */
final class S3Failures {
  private static final Logger log = LoggerFactory.getLogger(S3Failures.class);

  private static final Set<String> CREDENTIAL_ERRORS =
      Set.of(
          "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "ExpiredToken",
          "InvalidToken",
          "TokenRefreshRequired",
          "RequestTimeTooSkewed");

  /** The bucket is in another region; the first two are what other regions respond. */
  private static final Set<String> REGION_ERRORS =
      Set.of("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraint");

  private static final int MOVED_PERMANENTLY = 301;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int PRECONDITION_FAILED = 412;

  private final AtomicBoolean refused = new AtomicBoolean();

  /** Records that the store accepted the credentials. */
  void recordSuccess() {
    refused.set(false);
  }

  /**
   * Returns the rejection of a source.
   *
   * @param budget of its requests: the last of them may have ended in another way than by timing
   *     out
   */
  RejectedException rejection(
      SourceUri uri, S3Location object, FetchBudget budget, SdkException e) {
    if (e instanceof ApiCallTimeoutException || (budget.isSpent() && !(e instanceof S3Exception))) {
      return rejection(
          Reason.FETCH_TIMEOUT,
          "Fetching " + uri + " took longer than --max-fetch-time allows.",
          e);
    }
    if (e instanceof AbortedException) {
      Thread.currentThread().interrupt();
    }
    return e instanceof S3Exception response
        ? byResponse(uri, object, response)
        : rejection(
            Reason.SOURCE_UNREADABLE,
            "The source " + uri + " cannot be read: " + e.getMessage(),
            e);
  }

  private RejectedException byResponse(SourceUri uri, S3Location object, S3Exception e) {
    String code = code(e);
    String response = "(HTTP " + e.statusCode() + (code.isEmpty() ? "" : ", " + code) + ").";
    if (e.statusCode() == PRECONDITION_FAILED) {
      return rejection(
          Reason.SOURCE_CHANGED, "The source " + uri + " changed while it was read.", e);
    }
    if (code.equals("NoSuchBucket")) {
      return rejection(
          Reason.SOURCE_NOT_FOUND,
          "The bucket %s of %s does not exist %s".formatted(object.bucket(), uri, response),
          e);
    }
    if (e.statusCode() == NOT_FOUND || code.equals("NoSuchVersion") || isDeleteMarker(e, object)) {
      return rejection(
          Reason.SOURCE_NOT_FOUND, "The source " + uri + " does not exist " + response, e);
    }
    if (CREDENTIAL_ERRORS.contains(code)) {
      logRefusal(code);
    }
    return rejection(Reason.SOURCE_UNREADABLE, unreadable(uri, e, code) + " " + response, e);
  }

  private static boolean isDeleteMarker(S3Exception e, S3Location object) {
    return e.statusCode() == METHOD_NOT_ALLOWED && object.versionId().isPresent();
  }

  private static String unreadable(SourceUri uri, S3Exception e, String code) {
    if (CREDENTIAL_ERRORS.contains(code)) {
      return "The source " + uri + " cannot be read: the object store refuses the credentials";
    }
    if (REGION_ERRORS.contains(code) || e.statusCode() == MOVED_PERMANENTLY) {
      return "The source " + uri + " is in another region; set --s3-region";
    }
    if (code.equals("InvalidObjectState")) {
      return "The source " + uri + " is archived; restore the object first";
    }
    if (e.statusCode() == FORBIDDEN) {
      return "The source "
          + uri
          + " cannot be read: access is denied, or the object does not exist and the credentials"
          + " lack s3:ListBucket";
    }
    return "The source " + uri + " cannot be read: the object store failed";
  }

  private void logRefusal(String code) {
    if (!refused.getAndSet(true)) {
      log.warn(
          "The object store refuses the credentials ({}). Every event with an s3: source becomes a"
              + " dead letter until they are corrected; then replay source-unreadable.",
          code);
    }
  }

  private static String code(S3Exception e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private static RejectedException rejection(Reason reason, String message, SdkException cause) {
    return new RejectedException(reason, message, cause);
  }
}
