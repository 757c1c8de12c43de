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
  private static final int ROWS = 4;

  /** Frames per block, so that the rows stay in the processor's cache. */
  private static final int BLOCK = 128;

  private final int bands;
  private final int coefficients;
  private final float[] basis;

  /**
   * @param bands length of the transform, a multiple of eight
   * @param coefficients number of its values that are kept
   */
  CosineTransform(int bands, int coefficients) {
    if (bands % (2 * ROWS) != 0 || coefficients < 1 || coefficients > bands) {
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
   * Transforms a spectrogram.
   *
   * @param spectrogram [bands, frames] with rows {@code stride} apart; overwritten
   * @param frames columns to transform
   * @return [coefficients, frames], row-major
   */
  float[] apply(float[] spectrogram, int frames, int stride) {
    fold(spectrogram, frames, stride);
    float[] result = new float[coefficients * frames];
    for (int first = 0; first < frames; first += BLOCK) {
      applyToBlock(spectrogram, first, Math.min(BLOCK, frames - first), stride, result, frames);
    }
    return result;
  }

  private void applyToBlock(
      float[] rows, int first, int count, int stride, float[] result, int resultStride) {
    int half = bands / 2;
    for (int k = 0; k < coefficients; k++) {
      int step = k % 2 == 0 ? stride : -stride;
      int row = (k % 2 == 0 ? 0 : (bands - 1) * stride) + first;
      for (int b = 0; b < half; b += ROWS) {
        int sum = k * resultStride + first;
        accumulate(rows, row + b * step, step, k * half + b, result, sum, count);
      }
    }
  }

  /** Replaces row b by the sum, and row bands-1-b by the difference, of the two. */
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

  /**
   * Adds {@link #ROWS} rows, each times its factor, so that the sums are loaded and stored less
   * often.
   */
  private void accumulate(
      float[] rows, int first, int step, int factors, float[] sums, int sum, int count) {
    float a = basis[factors];
    float b = basis[factors + 1];
    float c = basis[factors + 2];
    float d = basis[factors + 3];
    int second = first + step;
    int third = second + step;
    int fourth = third + step;
    for (int i = 0; i < count; i++) {
      sums[sum + i] +=
          (a * rows[first + i] + b * rows[second + i])
              + (c * rows[third + i] + d * rows[fourth + i]);
    }
  }
}
