package dev.reprise.extractor.mfcc;

/**
 * Power to decibels, as {@code librosa.power_to_db(power, ref=1, amin, top_db)}: {@code 10
 * log10(max(amin, power))}, and nothing further than {@code rangeDb} below the loudest value.
 *
 * <p>Immutable and thread-safe.
 */
final class Decibels {
  private static final float DB_PER_OCTAVE = (float) (10 * Math.log10(2));

  private final float minimumPower;
  private final double range;

  /**
   * @param minimumPower power taken for anything smaller
   * @param rangeDb distance between the loudest value and the floor, in dB
   */
  Decibels(double minimumPower, double rangeDb) {
    this.minimumPower = (float) minimumPower;
    range = Math.pow(10, -rangeDb / 10);
  }

  /**
   * Turns power into dB in place.
   *
   * @param power [rows, columns] with rows {@code stride} apart
   */
  void convert(float[] power, int rows, int columns, int stride) {
    float floor = (float) Math.max(minimumPower, loudest(power, rows, columns, stride) * range);
    for (int row = 0; row < rows; row++) {
      int end = row * stride + columns;
      for (int i = row * stride; i < end; i++) {
        power[i] = DB_PER_OCTAVE * log2(Math.max(floor, power[i]));
      }
    }
  }

  private static float loudest(float[] power, int rows, int columns, int stride) {
    float loudest = 0;
    for (int row = 0; row < rows; row++) {
      int end = row * stride + columns;
      for (int i = row * stride; i < end; i++) {
        loudest = Math.max(loudest, power[i]);
      }
    }
    return loudest;
  }

  /** Binary logarithm of a positive, finite, normal float. */
  static float log2(float x) {
    return (float) (Math.log(x) / Math.log(2));
  }
}
