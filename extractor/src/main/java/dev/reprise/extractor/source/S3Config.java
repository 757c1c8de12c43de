package dev.reprise.extractor.source;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The object store that {@code s3:} URIs are read from. Credentials come from the AWS SDK's default
 * chain: environment variables, profile files, web identity, container or instance.
 *
 * @param allowedBuckets buckets that the URIs may name; none allows no bucket
 * @param endpoint of a store other than AWS's
 * @param region of the buckets; if empty, as the SDK finds it
 * @param pathStyle whether the bucket is the first part of the path instead of the host's name
 * @param anonymous whether requests are sent without credentials
 */
public record S3Config(
    List<AllowedBucket> allowedBuckets,
    Optional<URI> endpoint,
    Optional<String> region,
    boolean pathStyle,
    boolean anonymous) {
  public S3Config {
    allowedBuckets = List.copyOf(allowedBuckets);
  }

  /** Returns a configuration that allows no bucket. */
  public static S3Config none() {
    return new S3Config(List.of(), Optional.empty(), Optional.empty(), false, false);
  }
}
