package dev.reprise.extractor.mfcc;

/**
 * The power spectrum of one windowed frame: {@code |FFT(window * frame)|^2}, neither scaled nor
 * averaged.
 *
 * <p>Owns its FFT. Not thread-safe.
 */
final class PowerSpectrum implements AutoCloseable {
  private final float[] window;
  private final RealFft fft;
  private final float[] windowed;
  private final float[] spectrum;

  /**
   * @param window one factor per sample of a frame
   * @param fft of the window's length; closed with this object
   */
  PowerSpectrum(float[] window, RealFft fft) {
    if (window.length != fft.size()) {
      throw new IllegalArgumentException(
          "A window of " + window.length + " samples and an FFT of " + fft.size() + " differ.");
    }
    this.window = window.clone();
    this.fft = fft;
    windowed = new float[window.length];
    spectrum = new float[window.length + 2];
  }

  int bins() {
    return window.length / 2 + 1;
  }

  /**
   * Computes the power spectrum of one frame.
   *
   * @param samples holds the frame from {@code offset} on
   * @param power receives {@code bins()} values, in units of squared amplitude
   */
  void compute(float[] samples, int offset, float[] power) {
    multiply(samples, offset, window, windowed);
    fft.forward(windowed, spectrum);
    square(spectrum, power, bins());
  }

  // Static loops over local arrays: the compiler vectorises the first, and removes bounds checks
  // from both.

  private static void multiply(float[] samples, int offset, float[] window, float[] product) {
    for (int i = 0; i < product.length; i++) {
      product[i] = samples[offset + i] * window[i];
    }
  }

  private static void square(float[] spectrum, float[] power, int bins) {
    for (int k = 0; k < bins; k++) {
      float re = spectrum[2 * k];
      float im = spectrum[2 * k + 1];
      power[k] = re * re + im * im;
    }
  }

  @Override
  public void close() {
    fft.close();
  }
}
