package dev.reprise.cli.options;

import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.runtime.ConfigurationException;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options that limit the cost of one file and of the process that decodes it. */
public final class ExtractionOptions {
  private static final DecoderConfig DECODER = DecoderConfig.defaults();
  private static final DecodeLimits DEFAULTS = DECODER.limits();

  @Option(
      names = "--max-duration",
      paramLabel = "TIME",
      description = "Maximum length of the audio (default: 12h).")
  private Duration maxDuration = DEFAULTS.maxDuration();

  @Option(
      names = "--max-decode-time",
      paramLabel = "TIME",
      description = "Maximum time to decode one file (default: 5m).")
  private Duration maxDecodeTime = DEFAULTS.maxDecodeTime();

  @Option(
      names = "--max-channels",
      paramLabel = "N",
      description = "Maximum number of channels, up to 64 (default: ${DEFAULT-VALUE}).")
  private int maxChannels = DEFAULTS.maxChannels();

  @Option(
      names = "--max-corrupt-share",
      paramLabel = "SHARE",
      description =
          "Maximum share of packets that fail to decode, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double maxCorruptShare = DEFAULTS.maxCorruptShare();

  @Option(
      names = "--max-decode-processor-time",
      paramLabel = "TIME",
      description = "Maximum processor time to decode one file (default: 5m).")
  private Duration maxProcessorTime = DECODER.maxProcessorTime();

  @Option(
      names = "--max-decoder-memory",
      paramLabel = "SIZE",
      description =
          "Address space of each decoder process, including about 400 MiB for its JVM (default:"
              + " 1GiB).")
  private long maxMemory = DECODER.maxMemoryBytes();

  public DecoderConfig config() throws ConfigurationException {
    try {
      return new DecoderConfig(
          new DecodeLimits(maxDuration, maxDecodeTime, maxChannels, maxCorruptShare),
          maxProcessorTime,
          maxMemory);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(e.getMessage() + ".");
    }
  }
}
