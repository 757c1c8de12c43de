package dev.reprise.extractor.event;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * A change of an object in a bucket, from a notification.
 *
 * @param key not encoded
 * @param versionId version that was created or deleted; empty if the bucket has none
 * @param time when it happened, if the notification gives it
 */
public record ObjectChange(
    Kind kind, String bucket, String key, Optional<String> versionId, Optional<Instant> time) {

  /** What happened to the object. */
  public enum Kind {
    CREATED,
    DELETED
  }

  /**
   * Returns {@code s3://bucket/key}, with the version if there is one.
   *
   * @throws RejectedException ({@link Reason#BAD_EVENT}) if the bucket cannot be part of a URI
   */
  public String uri() throws RejectedException {
    try {
      // This constructor encodes the key; an encoded version id would be encoded again.
      return new URI("s3", bucket, "/" + key, null, null)
          + versionId
              .map(id -> "?versionId=" + URLEncoder.encode(id, StandardCharsets.UTF_8))
              .orElse("");
    } catch (URISyntaxException e) {
      throw new RejectedException(
          Reason.BAD_EVENT, "The bucket notification has a bucket whose name is not valid.", e);
    }
  }
}
