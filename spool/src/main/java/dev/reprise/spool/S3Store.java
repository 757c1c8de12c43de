package dev.reprise.spool;

import java.net.URI;
import java.util.Optional;

/**
 * An object store. Credentials come from the AWS SDK's default chain: environment variables,
 * profile files, web identity, container or instance.
 *
 * @param endpoint of a store other than AWS's
 * @param region of the buckets; if empty, as the SDK finds it
 * @param pathStyle whether the bucket is the first part of the path instead of the host's name
 * @param anonymous whether requests are sent without credentials
 */
public record S3Store(
    Optional<URI> endpoint, Optional<String> region, boolean pathStyle, boolean anonymous) {

  /** Returns AWS's, in the region that the SDK finds. */
  public static S3Store aws() {
    return new S3Store(Optional.empty(), Optional.empty(), false, false);
  }
}
