package dev.reprise.extractor.decode;

import dev.reprise.contract.RejectedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * The mean of the channels, or one channel where they cancel each other.
 *
 * <p>The first frame with sound decides. Until then the mean is measured; once it has sound,
 * measuring stops, so that ordinary audio costs nothing. If the mean is silent and a channel is
 * not, the loudest channel replaces it for as long as the mean stays far below it.
 *
 * <p>Owns its native parts. Not thread-safe.
 */
final class ChannelMean implements NativeScope.Native {
  /** -60 dBFS: anything below is silence. */
  private static final float SOUND = 1e-3f;

  /** 40 dB: how far the mean must lie below a channel that is to replace it. */
  private static final float CANCELLED = 0.01f;

  /** 10 dB: within this distance of the channel, the mean is used again. */
  private static final float RESTORED = 0.3f;

  private final int format;
  private final int channels;
  private final int rateHz;
  private final Downmixer mean;

  /** One for each channel, while they are compared. */
  private final List<Downmixer> singles = new ArrayList<>();

  private @Nullable Downmixer loudest;
  private boolean decided;

  ChannelMean(int format, int channels, int rateHz) throws RejectedException {
    this.format = format;
    this.channels = channels;
    this.rateHz = rateHz;
    double[] equal = new double[channels];
    Arrays.fill(equal, 1.0 / channels);
    mean = new Downmixer(format, rateHz, equal);
    decided = channels == 1;
  }

  boolean accepts(int frameFormat, int frameChannels) {
    return frameFormat == format && frameChannels == channels;
  }

  /** Returns whether one channel replaces the mean. */
  boolean isInverted() {
    return loudest != null;
  }

  /** Writes the frame's mono samples to the start of {@code target} and returns how many. */
  int convert(AVFrame frame, NativeSamples target) throws RejectedException {
    int count = mean.convert(frame, target);
    if (decided) {
      return count;
    }
    float meanPeak = target.peak(count);
    if (loudest == null && meanPeak < SOUND) {
      loudest = findLoudest(frame, target, meanPeak);
    }
    Downmixer channel = loudest;
    if (channel != null) {
      count = channel.convert(frame, target);
      if (meanPeak < Math.max(SOUND, RESTORED * target.peak(count))) {
        return count;
      }
    }
    if (meanPeak >= SOUND) {
      decided = true;
      closeSingles();
    }
    return mean.convert(frame, target);
  }

  private @Nullable Downmixer findLoudest(AVFrame frame, NativeSamples target, float meanPeak)
      throws RejectedException {
    Downmixer found = null;
    float threshold = Math.max(SOUND, meanPeak / CANCELLED);
    for (int c = 0; c < channels; c++) {
      Downmixer single = single(c);
      float peak = target.peak(single.convert(frame, target));
      if (peak >= threshold) {
        threshold = peak;
        found = single;
      }
    }
    return found;
  }

  private Downmixer single(int channel) throws RejectedException {
    if (channel == singles.size()) {
      double[] weights = new double[channels];
      weights[channel] = 1;
      singles.add(new Downmixer(format, rateHz, weights));
    }
    return singles.get(channel);
  }

  private void closeSingles() {
    loudest = null;
    singles.forEach(Downmixer::close);
    singles.clear();
  }

  @Override
  public void close() {
    closeSingles();
    mean.close();
  }
}
