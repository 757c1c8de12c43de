package dev.reprise.extractor.mfcc;

import dev.reprise.contract.Mark;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * Detects white noise and single sines in the mel bands of a whole track.
 *
 * <p>White noise is flat within each frame and equally loud in every frame. A sine stays within a
 * few neighbouring bands. Frames that reach beyond a clip's ends are excluded: the edge of a sine
 * is a click.
 *
 * <p>Not thread-safe.
 */
final class TrackSpectrum {
  /** Mean of a frame's band levels below the level of their mean, in dB; 0 is perfectly flat. */
  private static final double NOISE_FLATNESS_DB = 2.5;

  private static final double NOISE_STEADINESS_DB = 1.5;

  /** All but this share of the power lies in {@link #TONE_BANDS} neighbouring bands. */
  private static final double TONE_REST = 1e-4;

  private static final int TONE_BANDS = 5;

  private final int edge;
  private final double[] bandPower;
  private final float[] framePower;
  private double flatness;
  private double level;
  private double squaredLevel;
  private long frames;

  /**
   * @param edge frames at either end of a clip that reach beyond it
   */
  TrackSpectrum(int bands, int maxFrames, int edge) {
    this.edge = edge;
    bandPower = new double[bands];
    framePower = new float[maxFrames];
  }

  /**
   * Adds the mel bands' powers of one clip.
   *
   * @param mel [bands, stride], of which the first {@code count} of each row are frames
   */
  void addPower(float[] mel, int count, int stride) {
    Arrays.fill(framePower, 0, count, 0);
    for (int band = 0; band < bandPower.length; band++) {
      double sum = 0;
      for (int frame = edge; frame < count - edge; frame++) {
        float power = mel[band * stride + frame];
        sum += power;
        framePower[frame] += power;
      }
      bandPower[band] += sum;
    }
  }

  /**
   * Adds the coefficients of the clip last added, whose first row is the sum of the bands' levels
   * over the square root of their number.
   */
  void addLevels(float[] coefficients, int count) {
    double root = Math.sqrt(bandPower.length);
    for (int frame = edge; frame < count - edge; frame++) {
      double power = 10 * Math.log10(Math.max(1e-10, framePower[frame] / bandPower.length));
      flatness += power - coefficients[frame] / root;
      level += power;
      squaredLevel += power * power;
      frames++;
    }
  }

  /** Returns {@link Mark#NOISE} or {@link Mark#TONE}, if the track is either. */
  Set<Mark> marks() {
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    if (frames > 0 && isNoise()) {
      marks.add(Mark.NOISE);
    }
    if (frames > 0 && isTone()) {
      marks.add(Mark.TONE);
    }
    return marks;
  }

  private boolean isNoise() {
    double variance = squaredLevel / frames - (level / frames) * (level / frames);
    return flatness / frames < NOISE_FLATNESS_DB
        && variance < NOISE_STEADINESS_DB * NOISE_STEADINESS_DB;
  }

  private boolean isTone() {
    double total = Arrays.stream(bandPower).sum();
    int top = 0;
    for (int band = 0; band < bandPower.length; band++) {
      top = bandPower[band] > bandPower[top] ? band : top;
    }
    int from = Math.max(0, top - TONE_BANDS / 2);
    int to = Math.min(bandPower.length, top + TONE_BANDS / 2 + 1);
    return total > 0 && Arrays.stream(bandPower, from, to).sum() >= (1 - TONE_REST) * total;
  }
}
