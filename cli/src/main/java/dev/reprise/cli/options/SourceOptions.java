package dev.reprise.cli.options;

import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.source.AllowedBucket;
import dev.reprise.extractor.source.S3Config;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.spool.S3Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that limit the files and URIs that an event may refer to. */
public final class SourceOptions {
  private static final SourceLimits DEFAULTS = SourceLimits.defaults();

  @Option(
      names = "--allowed-root",
      paramLabel = "DIR",
      split = ",",
      description = "Folder below which file: URIs are allowed; comma-separated (default: none).")
  private List<Path> allowedRoots = new ArrayList<>();

  @Option(
      names = "--allowed-host",
      paramLabel = "HOST",
      split = ",",
      description =
          "Host that is allowed in http: and https: URIs, as host, host:port or *.domain;"
              + " comma-separated (default: none).")
  private List<String> allowedHosts = new ArrayList<>();

  @Option(
      names = "--max-source-bytes",
      paramLabel = "SIZE",
      description = "Maximum size of an audio file (default: 2GiB).")
  private long maxBytes = DEFAULTS.maxBytes();

  @Option(
      names = "--max-fetch-time",
      paramLabel = "TIME",
      description = "Maximum time to fetch one remote file (default: 60s).")
  private Duration maxFetchTime = DEFAULTS.maxFetchTime();

  @Option(
      names = "--allowed-bucket",
      paramLabel = "BUCKET[/PREFIX]",
      split = ",",
      converter = Buckets.class,
      description =
          "Bucket that is allowed in s3: URIs and notifications, with the start of the keys that"
              + " are; comma-separated (default: none).")
  private List<AllowedBucket> allowedBuckets = new ArrayList<>();

  @Mixin private final S3Options s3 = new S3Options();

  @Option(
      names = "--s3-track-id",
      paramLabel = "RULE",
      description =
          "Track id of an object that a bucket notification names: path (bucket and key), key, name"
              + " (of the file, without extension) or number (in that name) (default: path).")
  private ObjectTrackIdRule objectTrackIds = ObjectTrackIdRule.PATH;

  public SourceLimits limits() {
    return new SourceLimits(
        allowedRoots,
        allowedHosts,
        maxBytes,
        maxFetchTime,
        new S3Config(allowedBuckets, s3.store()));
  }

  /** Returns the object store, which may have the spool of uploads too. */
  public S3Store store() {
    return s3.store();
  }

  public ObjectTrackIdRule objectTrackIds() {
    return objectTrackIds;
  }
}
