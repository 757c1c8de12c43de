package dev.reprise.cli.options;

import dev.reprise.extractor.source.SourceLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  public SourceLimits limits() {
    return new SourceLimits(allowedRoots, allowedHosts, maxBytes, maxFetchTime);
  }
}
