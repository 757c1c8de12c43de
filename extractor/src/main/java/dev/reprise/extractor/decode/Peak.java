package dev.reprise.extractor.decode;

/**
 * The largest magnitude of many samples, which keeps a damaged float file's infinities out of the
 * spectrum and tells silence.
 */
final class Peak {
  /** Everything but the sign: as integers, magnitudes are in the order of the floats they are. */
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
