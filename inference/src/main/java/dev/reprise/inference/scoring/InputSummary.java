package dev.reprise.inference.scoring;

import dev.reprise.contract.Float32;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Rounding;
import dev.reprise.contract.v1.InputStatistics;
import dev.reprise.contract.v1.MfccClip;
import java.nio.FloatBuffer;

/**
 * A summary of the model's input: the means of the first coefficients over the frames; that of
 * coefficient 0 is converted to a level in dB.
 */
public final class InputSummary {
  /** Loudness, and the coefficients 1 to 4. */
  public static final int SIZE = 5;

  private InputSummary() {}

  /**
   * Returns the summary of one clip, [{@link #SIZE}], rounded to 1e-6.
   *
   * <p>Coefficient 0 of an orthonormal DCT is the sum of the mel bands' levels over the square root
   * of their number, so that dividing by it once more gives their mean.
   */
  static double[] of(MfccClip clip, MfccContract contract) {
    FloatBuffer values = Float32.view(clip.getCoefficients());
    double[] means = new double[SIZE];
    for (int row = 0; row < SIZE; row++) {
      double sum = 0;
      for (int frame = 0; frame < clip.getNFrames(); frame++) {
        sum += values.get(row * clip.getNFrames() + frame);
      }
      means[row] = sum / clip.getNFrames();
    }
    means[0] /= Math.sqrt(contract.melBands());
    for (int i = 0; i < SIZE; i++) {
      means[i] = Rounding.sixDecimals(means[i]);
    }
    return means;
  }

  /**
   * Converts means to a record.
   *
   * @param means [{@link #SIZE}]
   */
  public static InputStatistics toRecord(double[] means) {
    return InputStatistics.newBuilder()
        .setLoudness(Rounding.sixDecimals(means[0]))
        .setMfcc1(Rounding.sixDecimals(means[1]))
        .setMfcc2(Rounding.sixDecimals(means[2]))
        .setMfcc3(Rounding.sixDecimals(means[3]))
        .setMfcc4(Rounding.sixDecimals(means[4]))
        .build();
  }
}
