package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An object in a bucket.
 *
 * @param key as the store knows it, not encoded
 * @param versionId empty for the current version
 */
record S3Location(String bucket, String key, Optional<String> versionId) {
  /** Includes names of old buckets, which may have capitals and underscores. */
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,254}");

  private static final String VERSION_ID = "versionId=";

  static boolean isBucketName(String text) {
    return BUCKET.matcher(text).matches();
  }

  /**
   * Returns the object that {@code s3://bucket/key} or {@code s3://bucket/key?versionId=ID} names.
   *
   * @throws RejectedException ({@link Reason#BAD_URI}) if the URI has another form
   */
  static S3Location of(SourceUri source) throws RejectedException {
    URI uri = source.uri();
    String path = uri.getPath();
    if (uri.getRawAuthority() == null
        || !isBucketName(uri.getRawAuthority())
        || path == null
        || path.length() < 2
        || uri.getRawFragment() != null) {
      throw bad(source, "does not have the form s3://bucket/key");
    }
    String key = path.substring(1);
    // A store or proxy that resolves these would read outside of an allowed prefix.
    if (Arrays.stream(key.split("/")).anyMatch(part -> part.equals(".") || part.equals(".."))) {
      throw bad(source, "has a path with '.' or '..' in it");
    }
    return new S3Location(uri.getRawAuthority(), key, versionId(source));
  }

  private static Optional<String> versionId(SourceUri source) throws RejectedException {
    String query = source.uri().getRawQuery();
    if (query == null) {
      return Optional.empty();
    }
    if (!query.startsWith(VERSION_ID) || query.contains("&")) {
      throw bad(source, "has a query other than versionId");
    }
    return Optional.of(
        URLDecoder.decode(query.substring(VERSION_ID.length()), StandardCharsets.UTF_8));
  }

  private static RejectedException bad(SourceUri source, String what) {
    return new RejectedException(Reason.BAD_URI, "The URI " + source + " " + what + ".");
  }

  S3Location currentVersion() {
    return new S3Location(bucket, key, Optional.empty());
  }

  /** Returns the last segment of the key. */
  String fileName() {
    return key.substring(key.lastIndexOf('/') + 1);
  }
}
