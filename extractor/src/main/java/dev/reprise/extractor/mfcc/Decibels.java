package dev.reprise.extractor.mfcc;

/**
 * Converts power to decibels, as {@code librosa.power_to_db(power, ref=1, amin, top_db)}: {@code 10
 * log10(max(amin, power))}, and never less than {@code rangeDb} below the loudest value.
 *
 * <p>Immutable and thread-safe.
 */
final class Decibels {
  private static final float DB_PER_OCTAVE = (float) (10 * Math.log10(2));

  private static final int MANTISSA_BITS = 23;
  private static final int HALF_OCTAVE_BITS = Float.floatToRawIntBits((float) Math.sqrt(0.5));
  private static final float TERM_1 = (float) (2 / Math.log(2));
  private static final float TERM_3 = TERM_1 / 3;
  private static final float TERM_5 = TERM_1 / 5;
  private static final float TERM_7 = TERM_1 / 7;

  private final float minimumPower;
  private final double range;

  /**
   * @param minimumPower lower bound on the power
   * @param rangeDb distance between the loudest value and the floor, in dB
   */
  Decibels(double minimumPower, double rangeDb) {
    this.minimumPower = (float) minimumPower;
    range = Math.pow(10, -rangeDb / 10);
  }

  /**
   * Converts power to dB in place.
   *
   * @param power [rows, columns] with rows {@code stride} apart
   */
  void convert(float[] power, int rows, int columns, int stride) {
    float floor = (float) Math.max(minimumPower, loudest(power, rows, columns, stride) * range);
    for (int row = 0; row < rows; row++) {
      int end = row * stride + columns;
      for (int i = row * stride; i < end; i++) {
        float value = power[i];
        power[i] = DB_PER_OCTAVE * log2(value > floor ? value : floor);
      }
    }
  }

  private static float loudest(float[] power, int rows, int columns, int stride) {
    float loudest = 0;
    for (int row = 0; row < rows; row++) {
      int end = row * stride + columns;
      for (int i = row * stride; i < end; i++) {
        loudest = power[i] > loudest ? power[i] : loudest;
      }
    }
    return loudest;
  }

  /**
   * Returns the binary logarithm of a positive, finite, normal float, to within one unit in the
   * last place of the result's integer part or 1e-7, whichever is larger.
   *
   * <p>{@code x = 2^e m} with m within half an octave of 1, and {@code ln m = 2 artanh t} with
   * {@code t = (m - 1) / (m + 1)}, |t| below 0.172, so four terms of its series suffice.
   */
  static float log2(float x) {
    int bits = Float.floatToRawIntBits(x);
    int exponent = (bits - HALF_OCTAVE_BITS) >> MANTISSA_BITS;
    float mantissa = Float.intBitsToFloat(bits - (exponent << MANTISSA_BITS));
    float t = (mantissa - 1) / (mantissa + 1);
    float t2 = t * t;
    return exponent + t * (TERM_1 + t2 * (TERM_3 + t2 * (TERM_5 + t2 * TERM_7)));
  }
}
