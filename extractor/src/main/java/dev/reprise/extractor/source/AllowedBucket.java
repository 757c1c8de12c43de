package dev.reprise.extractor.source;

/**
 * A bucket that {@code s3:} URIs may name.
 *
 * @param prefix that the keys must begin with; empty for all keys
 */
public record AllowedBucket(String bucket, String prefix) {

  /** Parses {@code BUCKET} or {@code BUCKET/PREFIX}. */
  public static AllowedBucket parse(String text) {
    int slash = text.indexOf('/');
    String bucket = slash < 0 ? text : text.substring(0, slash);
    if (!S3Location.isBucketName(bucket)) {
      throw new IllegalArgumentException(
          "'%s' is not a bucket; write BUCKET or BUCKET/PREFIX".formatted(text));
    }
    return new AllowedBucket(bucket, slash < 0 ? "" : text.substring(slash + 1));
  }

  boolean allows(S3Location object) {
    return bucket.equals(object.bucket()) && object.key().startsWith(prefix);
  }
}
