package dev.reprise.cli.options;

import dev.reprise.spool.S3Store;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the object store. Credentials are no options: command lines are visible to all. */
public final class S3Options {
  @Option(
      names = "--s3-endpoint",
      paramLabel = "URL",
      converter = HttpUrls.class,
      description = "URL of an object store that is not AWS's.")
  private @Nullable URI endpoint;

  @Option(
      names = "--s3-region",
      paramLabel = "REGION",
      description = "Region of the buckets (default: as configured for AWS).")
  private @Nullable String region;

  @Option(
      names = "--s3-path-style",
      description = "Put the bucket into the path of the URL, instead of the host name.")
  private boolean pathStyle;

  @Option(
      names = "--s3-anonymous",
      description = "Send no credentials, for buckets that everyone may read.")
  private boolean anonymous;

  public S3Store store() {
    return new S3Store(
        Optional.ofNullable(endpoint), Optional.ofNullable(region), pathStyle, anonymous);
  }
}
