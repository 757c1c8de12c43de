package dev.reprise.extractor.mfcc;

/**
 * Triangular filters that sum a power spectrum into mel bands.
 *
 * <p>Of the dense [bands, bins] matrix only the run of non-zero weights of each row is kept: with
 * 128 bands and 1,025 bins about 2,000 of 131,200 weights. Immutable and thread-safe.
 */
final class MelFilterBank {
  private final int bins;
  private final int[] firstBin;
  private final int[] firstWeight;
  private final float[] weights;

  /**
   * @param dense [bands, bins]; the non-zero weights of each row are taken to be one run
   */
  MelFilterBank(double[][] dense) {
    bins = dense[0].length;
    firstBin = new int[dense.length];
    firstWeight = new int[dense.length + 1];
    for (int band = 0; band < dense.length; band++) {
      firstBin[band] = firstNonZero(dense[band]);
      firstWeight[band + 1] = firstWeight[band] + runLength(dense[band], firstBin[band]);
    }
    weights = new float[firstWeight[dense.length]];
    for (int band = 0; band < dense.length; band++) {
      for (int w = firstWeight[band]; w < firstWeight[band + 1]; w++) {
        weights[w] = (float) dense[band][firstBin[band] + w - firstWeight[band]];
      }
    }
  }

  /**
   * librosa's {@code filters.mel(sr, n_fft, n_mels, fmin, fmax, htk=False, norm="slaney")}: corners
   * equally spaced on {@link MelScale}, each triangle scaled to unit area in hertz.
   */
  static MelFilterBank slaney(
      int sampleRateHz, int fftSamples, int bands, double minHz, double maxHz) {
    double[] corners = new double[bands + 2];
    double lowest = MelScale.toMel(minHz);
    double step = (MelScale.toMel(maxHz) - lowest) / (bands + 1);
    for (int i = 0; i < corners.length; i++) {
      corners[i] = MelScale.toHz(lowest + i * step);
    }
    return new MelFilterBank(triangles(corners, sampleRateHz, fftSamples));
  }

  /**
   * Triangles of unit area over {@code corners}: band b rises from corner b to b+1, falls to b+2.
   */
  static double[][] triangles(double[] corners, int sampleRateHz, int fftSamples) {
    double[][] dense = new double[corners.length - 2][fftSamples / 2 + 1];
    for (int band = 0; band < dense.length; band++) {
      double low = corners[band];
      double centre = corners[band + 1];
      double high = corners[band + 2];
      for (int bin = 0; bin < dense[band].length; bin++) {
        double hz = (double) bin * sampleRateHz / fftSamples;
        double slope = Math.min((hz - low) / (centre - low), (high - hz) / (high - centre));
        dense[band][bin] = Math.max(0, slope) * 2 / (high - low);
      }
    }
    return dense;
  }

  private static int firstNonZero(double[] row) {
    int bin = 0;
    while (bin < row.length && row[bin] == 0) {
      bin++;
    }
    return bin;
  }

  private static int runLength(double[] row, int first) {
    int end = row.length;
    while (end > first && row[end - 1] == 0) {
      end--;
    }
    return end - first;
  }

  int bands() {
    return firstBin.length;
  }

  int bins() {
    return bins;
  }

  /**
   * @param power {@code bins()} values
   * @param mel receives band b at {@code offset + b * stride}
   */
  void apply(float[] power, float[] mel, int offset, int stride) {
    for (int band = 0; band < firstBin.length; band++) {
      mel[offset + band * stride] = dot(band, power);
    }
  }

  private float dot(int band, float[] power) {
    int shift = firstBin[band] - firstWeight[band];
    int w = firstWeight[band];
    int end = firstWeight[band + 1];
    float even = 0;
    float odd = 0;
    for (; w + 1 < end; w += 2) {
      even += weights[w] * power[w + shift];
      odd += weights[w + 1] * power[w + 1 + shift];
    }
    return w < end ? even + odd + weights[w] * power[w + shift] : even + odd;
  }
}
