package dev.reprise.extractor.source;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.SourceUri;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The sources that events may refer to, and bounds on them.
 *
 * @param allowedRoots folders below which {@code file:} URIs may point; none allows no file
 * @param allowedHosts hosts that {@code http(s):} URIs may name: {@code host}, {@code host:port} or
 *     {@code *.domain}; none allows no host
 * @param maxBytes maximum size of an audio file, in bytes
 * @param maxFetchTime maximum time to fetch a remote file, retries included
 * @param s3 the object store, and the buckets that {@code s3:} URIs may name
 */
public record SourceLimits(
    List<Path> allowedRoots,
    List<String> allowedHosts,
    long maxBytes,
    Duration maxFetchTime,
    S3Config s3) {
  /** The heap that reading one object takes at most, in bytes. */
  public static final long OBJECT_HEAP_BYTES = RangeChannel.MAX_HEAP_BYTES;

  public SourceLimits {
    allowedRoots = List.copyOf(allowedRoots);
    allowedHosts = List.copyOf(allowedHosts);
  }

  /** Returns the heap that reading one source takes at most, in bytes. */
  public long heapBytes() {
    return s3.allowedBuckets().isEmpty() ? 0 : OBJECT_HEAP_BYTES;
  }

  /**
   * @throws RejectedException ({@link Reason#SOURCE_TOO_LARGE}) if a source is too large
   */
  void requireSize(long bytes, SourceUri uri) throws RejectedException {
    if (bytes > maxBytes) {
      throw new RejectedException(
          Reason.SOURCE_TOO_LARGE,
          "The source %s has %d bytes, more than the %d allowed by --max-source-bytes."
              .formatted(uri, bytes, maxBytes));
    }
  }

  /**
   * Returns limits that allow inline audio only; 2 GiB and a minute of fetching if a root, host or
   * bucket is added.
   */
  public static SourceLimits defaults() {
    return new SourceLimits(
        List.of(), List.of(), 2L << 30, Duration.ofSeconds(60), S3Config.none());
  }
}
