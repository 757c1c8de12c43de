package dev.reprise.extractor.decode;

/** Signals whose mean over the channels is known. */
final class Tones {
  private Tones() {}

  /** Returns a sine of amplitude 0.4 on every channel. */
  static float[][] equal(int rateHz, int channels, double seconds, double hz) {
    float[][] signal = new float[channels][(int) (rateHz * seconds)];
    for (float[] channel : signal) {
      addSine(channel, rateHz, hz);
    }
    return signal;
  }

  /** Returns a sine of amplitude 0.4 on one channel and silence on the others. */
  static float[][] onOne(int rateHz, int channels, int which, double seconds, double hz) {
    float[][] signal = new float[channels][(int) (rateHz * seconds)];
    addSine(signal[which], rateHz, hz);
    return signal;
  }

  private static void addSine(float[] channel, int rateHz, double hz) {
    for (int i = 0; i < channel.length; i++) {
      channel[i] = (float) (0.4 * Math.sin(2 * Math.PI * hz * i / rateHz));
    }
  }
}
