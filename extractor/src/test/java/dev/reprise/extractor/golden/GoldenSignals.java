package dev.reprise.extractor.golden;

/** The signals of {@code make_goldens.py}, by the same formulas. */
public final class GoldenSignals {
  private static final long SEED = 20_241_127;

  private GoldenSignals() {}

  /** Returns [channels][samples]. */
  public static float[][] of(String name, int rateHz, int channels, int samples) {
    float[][] signal = new float[channels][samples];
    for (int channel = 0; channel < channels; channel++) {
      for (int i = 0; i < samples; i++) {
        signal[channel][i] = (float) sample(name, rateHz, channel, samples, i);
      }
    }
    return signal;
  }

  /** Returns the mean of the channels, in single precision. */
  public static float[] mean(float[][] signal) {
    float[] mean = new float[signal[0].length];
    for (int i = 0; i < mean.length; i++) {
      for (float[] channel : signal) {
        mean[i] += channel[i] / signal.length;
      }
    }
    return mean;
  }

  private static double sample(String name, int rateHz, int channel, int samples, int i) {
    double t = (double) i / rateHz;
    return switch (name) {
      case "sweep" -> sweep(t, (double) samples / rateHz, 0.48 * rateHz, channel);
      case "noise" -> noise(i, channel);
      case "clicks" -> i % 4410 == 100 ? 0.9 : 0;
      case "chord" -> chord(t, channel);
      case "fade" -> 0.9 * Math.sin(2 * Math.PI * 1000 * t) * Math.pow(10, -6.0 * i / samples);
      case "silence" -> 0;
      case "mix" -> chord(t, channel) + 0.02 * noise(i, channel);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static double noise(long i, int channel) {
    long z = (i * 2 + channel + SEED) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z = z ^ (z >>> 31);
    return ((z >>> 11) * 0x1p-53 - 0.5) * 0.5;
  }

  private static double sweep(double t, double seconds, double topHz, int channel) {
    double low = 30 * (1 + 0.5 * channel);
    double octaves = Math.log(topHz / low);
    double phase = low * seconds / octaves * (Math.exp(t / seconds * octaves) - 1);
    return 0.5 * Math.sin(2 * Math.PI * phase);
  }

  private static double chord(double t, int channel) {
    double base = 220 * (1 + 0.5 * channel);
    double tone = 0;
    for (int k = 1; k <= 8; k++) {
      tone += Math.sin(2 * Math.PI * base * k * t) / k;
    }
    double since = t % 0.5;
    return 0.3 * tone * Math.min(1, since / 0.02) * Math.exp(-6 * since);
  }
}
