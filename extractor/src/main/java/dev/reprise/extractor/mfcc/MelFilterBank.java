package dev.reprise.extractor.mfcc;

import java.util.Arrays;

/**
 * Triangular filters that sum a power spectrum into mel bands.
 *
 * <p>Of the dense [bands, bins] matrix only the non-zero weights are kept (with 128 bands and 1,025
 * bins about 2,000 of 131,200), in runs of eight: a run is one unrolled sum without a loop's
 * overhead, which most rows are too short to repay. The first runs of all bands come first, then
 * the second runs, and so on, so that no addition waits for the one before. Immutable and
 * thread-safe.
 */
final class MelFilterBank {
  private static final int RUN = 8;

  private final int bands;
  private final int bins;
  private final int[] bandOfRun;
  private final int[] firstBinOfRun;
  private final float[] weights;

  /**
   * @param dense [bands, bins], at least eight bins; the non-zero weights of each row are adjacent
   */
  MelFilterBank(double[][] dense) {
    bands = dense.length;
    bins = dense[0].length;
    int runs = Arrays.stream(dense).mapToInt(MelFilterBank::runs).sum();
    bandOfRun = new int[runs];
    firstBinOfRun = new int[runs];
    weights = new float[runs * RUN];
    int next = 0;
    for (int rank = 0; next < runs; rank++) {
      for (int band = 0; band < bands; band++) {
        if (rank < runs(dense[band])) {
          setRun(next++, band, rank, dense[band]);
        }
      }
    }
  }

  private void setRun(int run, int band, int rank, double[] row) {
    int from = firstNonZero(row) + rank * RUN;
    int first = Math.min(from, bins - RUN);
    bandOfRun[run] = band;
    firstBinOfRun[run] = first;
    // A run that would pass the last bin starts earlier and overlaps the previous run.
    for (int bin = from; bin < first + RUN; bin++) {
      weights[run * RUN + bin - first] = (float) row[bin];
    }
  }

  /**
   * Returns librosa's {@code filters.mel(sr, n_fft, n_mels, fmin, fmax, htk=False, norm="slaney")}:
   * corners equally spaced on {@link MelScale}, each triangle scaled to unit area in hertz.
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
   * Returns triangles of unit area over {@code corners}: band b rises from corner b to b+1, falls
   * to b+2.
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

  private static int runs(double[] row) {
    int end = row.length;
    while (end > 0 && row[end - 1] == 0) {
      end--;
    }
    return Math.max(0, end - firstNonZero(row) + RUN - 1) / RUN;
  }

  private static int firstNonZero(double[] row) {
    int bin = 0;
    while (bin < row.length && row[bin] == 0) {
      bin++;
    }
    return bin;
  }

  int bands() {
    return bands;
  }

  int bins() {
    return bins;
  }

  /**
   * Sums the power spectrum of one frame into mel bands.
   *
   * @param power {@code bins()} values
   * @param mel receives {@code bands()} values
   */
  void apply(float[] power, float[] mel) {
    Arrays.fill(mel, 0, bands, 0);
    for (int run = 0; run < bandOfRun.length; run++) {
      mel[bandOfRun[run]] += sumOfRun(weights, run * RUN, power, firstBinOfRun[run]);
    }
  }

  private static float sumOfRun(float[] w, int i, float[] p, int k) {
    return ((w[i] * p[k] + w[i + 1] * p[k + 1]) + (w[i + 2] * p[k + 2] + w[i + 3] * p[k + 3]))
        + ((w[i + 4] * p[k + 4] + w[i + 5] * p[k + 5])
            + (w[i + 6] * p[k + 6] + w[i + 7] * p[k + 7]));
  }
}
