package dev.reprise.extractor.pool;

import dev.reprise.extractor.decode.DecodeLimits;
import java.time.Duration;

/**
 * Bounds on what one file may cost, and on the process that decodes it.
 *
 * @param limits checked by the decoder process itself
 * @param maxProcessorTime maximum processor time for one file; beyond it the process is killed
 * @param maxMemoryBytes maximum address space of a process, including some 400 MiB for its JVM
 */
public record DecoderConfig(DecodeLimits limits, Duration maxProcessorTime, long maxMemoryBytes) {
  /** An idle decoder process already needs most of this. */
  private static final long MIN_MEMORY_BYTES = 512L << 20;

  /** The largest single allocation of FFmpeg, as a share of the address space. */
  private static final int MAX_ALLOCATION_SHARE = 4;

  public DecoderConfig {
    if (maxProcessorTime.isNegative() || maxProcessorTime.isZero()) {
      throw new IllegalArgumentException(
          "The processor time must be positive: " + maxProcessorTime);
    }
    if (maxMemoryBytes < MIN_MEMORY_BYTES) {
      throw new IllegalArgumentException(
          "A decoder's memory must be at least 512 MiB, not " + maxMemoryBytes + " bytes");
    }
  }

  /** Returns the default limits, five minutes of processor time and 1 GiB of address space. */
  public static DecoderConfig defaults() {
    return new DecoderConfig(DecodeLimits.defaults(), Duration.ofMinutes(5), 1L << 30);
  }

  long maxAllocationBytes() {
    return maxMemoryBytes / MAX_ALLOCATION_SHARE;
  }
}
