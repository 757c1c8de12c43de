package dev.reprise.extractor.decode;

/** The check that keeps a damaged float file's infinities out of the spectrum. */
final class Finite {
  /** All of a float's exponent bits: set together in infinities and NaN, and in nothing else. */
  private static final int EXPONENT = 0x7f800000;

  private Finite() {}

  static boolean areAll(float[] values, int offset, int count) {
    int largest = 0;
    for (int i = offset; i < offset + count; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & EXPONENT);
    }
    return largest != EXPONENT;
  }
}
