package dev.reprise.cli.options;

import dev.reprise.extractor.source.SourceLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options that limit which files and URIs events may make the extractor read. */
public final class SourceOptions {
  private static final SourceLimits DEFAULTS = SourceLimits.defaults();

  @Option(
      names = "--allowed-root",
      paramLabel = "DIR",
      split = ",",
      description = "Folder below which file: URIs may point; comma-separated (default: none).")
  private List<Path> allowedRoots = new ArrayList<>();

  @Option(
      names = "--allowed-host",
      paramLabel = "HOST",
      split = ",",
      description =
          "Host that http: and https: URIs may name, as host, host:port or *.domain; several with"
              + " commas (default: none).")
  private List<String> allowedHosts = new ArrayList<>();

  @Option(
      names = "--max-source-bytes",
      paramLabel = "SIZE",
      description = "Largest audio file (default: 2GiB).")
  private long maxBytes = DEFAULTS.maxBytes();

  @Option(
      names = "--max-fetch-time",
      paramLabel = "TIME",
      description = "Longest that fetching one remote file may take (default: 60s).")
  private Duration maxFetchTime = DEFAULTS.maxFetchTime();

  public SourceLimits limits() {
    return new SourceLimits(allowedRoots, allowedHosts, maxBytes, maxFetchTime);
  }
}
