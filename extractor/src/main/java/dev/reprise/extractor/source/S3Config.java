package dev.reprise.extractor.source;

import dev.reprise.spool.S3Store;
import java.util.List;

/**
 * The object store that {@code s3:} URIs are read from.
 *
 * @param allowedBuckets buckets that the URIs may name; none allows no bucket
 */
public record S3Config(List<AllowedBucket> allowedBuckets, S3Store store) {
  public S3Config {
    allowedBuckets = List.copyOf(allowedBuckets);
  }

  /** Returns a configuration that allows no bucket. */
  public static S3Config none() {
    return new S3Config(List.of(), S3Store.aws());
  }
}
