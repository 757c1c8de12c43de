package dev.reprise.extractor.mfcc;

/**
 * The first coefficients of the orthonormal DCT-II over the bands of a whole spectrogram, as {@code
 * scipy.fft.dct(x, axis=0, type=2, norm="ortho")[:coefficients]}.
 *
 * <p>The basis is symmetric for even and antisymmetric for odd coefficients, so the bands are
 * folded first: half the products. The innermost loop runs over frames, which the compiler
 * vectorises. Immutable and thread-safe.
 */
final class CosineTransform {
  private final int bands;
  private final int coefficients;
  private final float[] basis;

  /**
   * @param bands length of the transform, even
   * @param coefficients how many of its values are kept
   */
  CosineTransform(int bands, int coefficients) {
    if (bands % 2 != 0 || coefficients < 1 || coefficients > bands) {
      throw new IllegalArgumentException(
          "A DCT of " + bands + " bands cannot give " + coefficients + " coefficients.");
    }
    this.bands = bands;
    this.coefficients = coefficients;
    basis = new float[coefficients * bands / 2];
    for (int k = 0; k < coefficients; k++) {
      double scale = Math.sqrt((k == 0 ? 1.0 : 2.0) / bands);
      for (int b = 0; b < bands / 2; b++) {
        basis[k * bands / 2 + b] =
            (float) (scale * Math.cos(Math.PI * k * (2 * b + 1) / (2.0 * bands)));
      }
    }
  }

  /**
   * @param spectrogram [bands, frames] with rows {@code stride} apart; overwritten
   * @param frames columns to transform
   * @return [coefficients, frames], row-major
   */
  float[] apply(float[] spectrogram, int frames, int stride) {
    fold(spectrogram, frames, stride);
    float[] result = new float[coefficients * frames];
    int half = bands / 2;
    for (int k = 0; k < coefficients; k++) {
      for (int b = 0; b < half; b++) {
        int row = k % 2 == 0 ? b : bands - 1 - b;
        accumulate(spectrogram, row * stride, basis[k * half + b], result, k * frames, frames);
      }
    }
    return result;
  }

  /** Row b becomes the sum, row bands-1-b the difference, of the two. */
  private void fold(float[] rows, int frames, int stride) {
    for (int b = 0; b < bands / 2; b++) {
      int low = b * stride;
      int high = (bands - 1 - b) * stride;
      for (int f = 0; f < frames; f++) {
        float sum = rows[low + f] + rows[high + f];
        rows[high + f] = rows[low + f] - rows[high + f];
        rows[low + f] = sum;
      }
    }
  }

  private static void accumulate(
      float[] from, int fromOffset, float factor, float[] to, int toOffset, int count) {
    for (int i = 0; i < count; i++) {
      to[toOffset + i] += factor * from[fromOffset + i];
    }
  }
}
