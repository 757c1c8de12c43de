package dev.reprise.extractor.decode;

/**
 * Finds the largest magnitude among samples, to detect silence and the infinities of damaged float
 * files.
 */
final class Peak {
  /** All bits but the sign: as integers, magnitudes are in the same order as the floats. */
  private static final int MAGNITUDE = 0x7fffffff;

  private Peak() {}

  /** Returns the largest magnitude; infinite or NaN if a value is. */
  static float of(float[] values, int offset, int count) {
    int largest = 0;
    for (int i = offset; i < offset + count; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & MAGNITUDE);
    }
    return Float.intBitsToFloat(largest);
  }
}
