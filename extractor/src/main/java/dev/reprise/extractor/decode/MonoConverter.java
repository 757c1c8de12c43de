package dev.reprise.extractor.decode;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Converts decoded frames of any format to mono samples at the contract's rate.
 *
 * <p>A file may change its rate, its channels or its sample format between any two frames. A new
 * format or number of channels gets a new {@link ChannelMean}, a new rate a new {@link Resampler}.
 *
 * <p>The output of the last call stays in a native buffer until {@link #take} has taken it. Owns
 * its native parts. Not thread-safe.
 */
final class MonoConverter implements NativeScope.Native {
  /**
   * Rates outside this range come from crafted files: the resampler's filter grows with the rate.
   */
  private static final int MIN_RATE_HZ = 1_000;

  private static final int MAX_RATE_HZ = 768_000;
  private static final int TYPICAL_FRAME_SAMPLES = 4096;

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
    mono = new NativeSamples(TYPICAL_FRAME_SAMPLES);
    out = new NativeSamples(TYPICAL_FRAME_SAMPLES);
  }

  /** Returns the number of samples that {@link #take} would move. */
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
   * Converts one frame; all available samples must have been taken before.
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

  /** Returns whether the channels cancelled each other, so that one of them was used instead. */
  boolean isInverted() {
    return inverted || (channels != null && channels.isInverted());
  }

  private ChannelMean channelsOf(AVFrame frame, int rateHz) throws RejectedException {
    int count = checkedChannels(frame.ch_layout().nb_channels());
    ChannelMean current = channels;
    if (current == null || !current.accepts(frame.format(), count)) {
      closeChannels();
      current = new ChannelMean(frame.format(), count, rateHz);
      channels = current;
    }
    return current;
  }

  private Resampler resamplerFor(int rateHz) throws RejectedException {
    Resampler current = resampler;
    if (current == null || !current.accepts(rateHz)) {
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
    if (rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ) {
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
