package dev.reprise.extractor.decode;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Decoded frames in, mono samples at the contract's rate out, whatever the frames' formats.
 *
 * <p>A file may change its rate, its channels or its sample format between any two frames. Another
 * format or number of channels takes another {@link ChannelMean}; another rate ends the resampler's
 * signal and begins a new one.
 *
 * <p>What came out of the last call waits in a native buffer until {@link #take} has taken it. Owns
 * its native parts. Not thread-safe.
 */
final class MonoConverter implements NativeScope.Native {
  /** Rates beyond these are a crafted file's: the resampler's filter grows with the rate. */
  private static final int LOWEST_RATE_HZ = 1_000;

  private static final int HIGHEST_RATE_HZ = 768_000;
  private static final int TYPICAL_FRAME = 4096;

  private final MfccContract contract;
  private final int maxChannels;
  private final NativeSamples mono;
  private final NativeSamples out;
  private @Nullable ChannelMean channels;
  private @Nullable Resampler resampler;
  private int taken;
  private int available;
  private boolean inverted;
  private boolean closed;

  MonoConverter(MfccContract contract, int maxChannels) throws RejectedException {
    this.contract = contract;
    this.maxChannels = maxChannels;
    mono = new NativeSamples(TYPICAL_FRAME);
    out = new NativeSamples(TYPICAL_FRAME);
  }

  /** Samples that {@link #take} would give. */
  int available() {
    return available - taken;
  }

  /** Moves up to {@code count} samples to {@code target} and returns how many. */
  int take(float[] target, int offset, int count) {
    int moved = Math.min(count, available());
    out.get(taken, target, offset, moved);
    taken += moved;
    return moved;
  }

  /**
   * Converts one frame; everything before must have been taken.
   *
   * @throws RejectedException if the frame has more channels than allowed, or cannot be converted
   */
  void convert(AVFrame frame) throws RejectedException {
    taken = 0;
    available = 0;
    int rateHz = checkedRate(frame.sample_rate());
    int count = channelsOf(frame, rateHz).convert(frame, mono);
    Resampler current = resamplerFor(rateHz);
    available += current.convert(mono, count, out, available);
  }

  /** Ends the signal: makes available what the resampler still holds. */
  void finish() throws RejectedException {
    taken = 0;
    available = 0;
    endSignal();
  }

  private void endSignal() throws RejectedException {
    Resampler ending = resampler;
    if (ending != null) {
      resampler = null;
      try (ending) {
        available += ending.finish(out, available);
      }
    }
  }

  /** Whether the channels cancelled each other, and one of them was taken instead. */
  boolean isInverted() {
    return inverted || (channels != null && channels.isInverted());
  }

  private ChannelMean channelsOf(AVFrame frame, int rateHz) throws RejectedException {
    int count = checkedChannels(frame.ch_layout().nb_channels());
    ChannelMean current = channels;
    if (current == null || !current.takes(frame.format(), count)) {
      closeChannels();
      current = new ChannelMean(frame.format(), count, rateHz);
      channels = current;
    }
    return current;
  }

  private Resampler resamplerFor(int rateHz) throws RejectedException {
    Resampler current = resampler;
    if (current == null || !current.takes(rateHz)) {
      endSignal();
      current = new Resampler(rateHz, contract);
      resampler = current;
    }
    return current;
  }

  private int checkedChannels(int count) throws RejectedException {
    if (count > maxChannels) {
      throw new RejectedException(
          Reason.TOO_MANY_CHANNELS,
          "The audio has " + count + " channels; at most " + maxChannels + " are accepted.");
    }
    return count;
  }

  private static int checkedRate(int rateHz) throws RejectedException {
    if (rateHz < LOWEST_RATE_HZ || rateHz > HIGHEST_RATE_HZ) {
      throw new RejectedException(
          Reason.DECODE_FAILED, "A sample rate of " + rateHz + " Hz is not supported.");
    }
    return rateHz;
  }

  private void closeChannels() {
    ChannelMean current = channels;
    channels = null;
    if (current != null) {
      inverted |= current.isInverted();
      current.close();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeChannels();
      if (resampler != null) {
        resampler.close();
      }
      mono.close();
      out.close();
    }
  }
}
