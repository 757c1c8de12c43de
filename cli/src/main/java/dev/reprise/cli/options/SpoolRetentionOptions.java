package dev.reprise.cli.options;

import dev.reprise.extractor.ExtractorConfig;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long uploads are kept. */
public final class SpoolRetentionOptions {
  @Option(
      names = "--spool-retention",
      paramLabel = "TIME",
      description =
          "Time that an upload is kept if it is not extracted, or if that failed, for its dead letter"
              + " to be replayed; not less than the retention of audio-files (default: 7d).")
  private Duration retention = ExtractorConfig.DEFAULT_SPOOL_RETENTION;

  public Duration retention() {
    return retention;
  }
}
