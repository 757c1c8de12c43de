package dev.reprise.extractor.mfcc;

/** The periodic Hann window, as {@code scipy.signal.get_window("hann", n)} gives it. */
final class HannWindow {
  private HannWindow() {}

  /**
   * Returns {@code 0.5 - 0.5 cos(2 pi i / samples)}: periodic, so the next period would begin with
   * the zero that a symmetric window ends with.
   */
  static float[] periodic(int samples) {
    float[] window = new float[samples];
    for (int i = 0; i < samples; i++) {
      window[i] = (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * i / samples));
    }
    return window;
  }
}
