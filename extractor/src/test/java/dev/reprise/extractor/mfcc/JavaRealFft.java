package dev.reprise.extractor.mfcc;

/**
 * Implements {@link RealFft} in plain Java, without a native library: the reference that tests and
 * benchmarks compare the extractor's native one with.
 *
 * <p>The even samples become real parts and the odd samples imaginary parts of a complex signal of
 * half the length; its transform (radix 2, decimation in time) is then untangled by the symmetry of
 * real signals. See Press et al., Numerical Recipes, section 12.3. Twiddle factors are computed in
 * double precision.
 */
public final class JavaRealFft implements RealFft {
  private final int size;
  private final int half;
  private final int[] reversed;
  private final float[] cosines;
  private final float[] sines;
  private final float[] real;
  private final float[] imaginary;

  /**
   * @param size number of real samples
   * @throws IllegalArgumentException if {@code size} is not a power of two of at least 4
   */
  public JavaRealFft(int size) {
    if (size < 4 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("An FFT of " + size + " samples is not a power of two.");
    }
    this.size = size;
    half = size / 2;
    reversed = bitReversal(half);
    cosines = new float[half];
    sines = new float[half];
    for (int k = 0; k < half; k++) {
      double angle = 2 * Math.PI * k / size;
      cosines[k] = (float) Math.cos(angle);
      sines[k] = (float) Math.sin(angle);
    }
    real = new float[half];
    imaginary = new float[half];
  }

  private static int[] bitReversal(int n) {
    int shift = Integer.numberOfLeadingZeros(n) + 1;
    int[] reversed = new int[n];
    for (int i = 0; i < n; i++) {
      reversed[i] = Integer.reverse(i) >>> shift;
    }
    return reversed;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void forward(float[] samples, float[] spectrum) {
    for (int i = 0; i < half; i++) {
      int from = 2 * reversed[i];
      real[i] = samples[from];
      imaginary[i] = samples[from + 1];
    }
    for (int span = 1; span < half; span *= 2) {
      butterflies(span);
    }
    untangle(spectrum);
  }

  private void butterflies(int span) {
    int step = half / span;
    for (int k = 0; k < span; k++) {
      float cosine = cosines[k * step];
      float sine = sines[k * step];
      for (int top = k; top < half; top += 2 * span) {
        int bottom = top + span;
        float re = real[bottom] * cosine + imaginary[bottom] * sine;
        float im = imaginary[bottom] * cosine - real[bottom] * sine;
        real[bottom] = real[top] - re;
        imaginary[bottom] = imaginary[top] - im;
        real[top] += re;
        imaginary[top] += im;
      }
    }
  }

  private void untangle(float[] spectrum) {
    spectrum[0] = real[0] + imaginary[0];
    spectrum[1] = 0;
    spectrum[size] = real[0] - imaginary[0];
    spectrum[size + 1] = 0;
    for (int k = 1; k < half; k++) {
      int mirror = half - k;
      float evenRe = 0.5f * (real[k] + real[mirror]);
      float evenIm = 0.5f * (imaginary[k] - imaginary[mirror]);
      float oddRe = 0.5f * (imaginary[k] + imaginary[mirror]);
      float oddIm = 0.5f * (real[mirror] - real[k]);
      spectrum[2 * k] = evenRe + oddRe * cosines[k] + oddIm * sines[k];
      spectrum[2 * k + 1] = evenIm + oddIm * cosines[k] - oddRe * sines[k];
    }
  }
}
