package dev.reprise.cli.settings;

import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.runtime.ConfigurationException;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Bounds on what one file may cost. */
public final class ExtractionOptions {
  private static final DecodeLimits DEFAULTS = DecodeLimits.defaults();

  @Option(
      names = "--max-duration",
      paramLabel = "TIME",
      description = "Longest audio that is accepted (default: 12h).")
  private Duration maxDuration = DEFAULTS.maxDuration();

  @Option(
      names = "--max-decode-time",
      paramLabel = "TIME",
      description = "Longest that decoding one file may take (default: 5m).")
  private Duration maxDecodeTime = DEFAULTS.maxDecodeTime();

  @Option(
      names = "--max-channels",
      paramLabel = "N",
      description = "Most channels that are accepted, up to 64 (default: ${DEFAULT-VALUE}).")
  private int maxChannels = DEFAULTS.maxChannels();

  @Option(
      names = "--max-corrupt-share",
      paramLabel = "SHARE",
      description =
          "Largest share of packets that may fail to decode, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double maxCorruptShare = DEFAULTS.maxCorruptShare();

  public DecodeLimits limits() throws ConfigurationException {
    try {
      return new DecodeLimits(maxDuration, maxDecodeTime, maxChannels, maxCorruptShare);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(e.getMessage() + ".");
    }
  }
}
