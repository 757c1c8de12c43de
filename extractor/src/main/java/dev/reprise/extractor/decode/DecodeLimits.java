package dev.reprise.extractor.decode;

import java.time.Duration;

/**
 * Bounds on what one file may cost.
 *
 * @param maxDuration maximum length of the audio
 * @param maxDecodeTime maximum time from opening a file to its last sample, including the
 *     consumer's
 * @param maxChannels maximum number of channels, 1 to 64
 * @param maxCorruptShare maximum share of packets that may fail to decode, 0 to 1
 */
public record DecodeLimits(
    Duration maxDuration, Duration maxDecodeTime, int maxChannels, double maxCorruptShare) {

  /** libswresample supports no more. */
  private static final int MAX_CHANNELS = 64;

  public DecodeLimits {
    if (maxDuration.isNegative() || maxDuration.isZero()) {
      throw new IllegalArgumentException("The longest duration must be positive: " + maxDuration);
    }
    if (maxDecodeTime.isNegative() || maxDecodeTime.isZero()) {
      throw new IllegalArgumentException("The decode time must be positive: " + maxDecodeTime);
    }
    if (maxChannels < 1 || maxChannels > MAX_CHANNELS) {
      throw new IllegalArgumentException("The channel limit must be 1 to 64: " + maxChannels);
    }
    if (!(maxCorruptShare >= 0 && maxCorruptShare <= 1)) {
      throw new IllegalArgumentException("The corrupt share must be 0 to 1: " + maxCorruptShare);
    }
  }

  /**
   * Returns the defaults: twelve hours of audio, five minutes of decoding, 24 channels, a tenth of
   * the packets corrupt.
   */
  public static DecodeLimits defaults() {
    return new DecodeLimits(Duration.ofHours(12), Duration.ofMinutes(5), 24, 0.1);
  }
}
