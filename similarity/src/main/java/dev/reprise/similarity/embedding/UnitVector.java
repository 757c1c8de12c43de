package dev.reprise.similarity.embedding;

/** Normalises vectors to length 1, so that their dot product is their cosine. */
final class UnitVector {
  private UnitVector() {}

  /** Returns a copy of length 1. Zeros stay zeros: their dot product with any vector is 0. */
  static float[] of(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    double length = squares == 0 ? 1 : Math.sqrt(squares);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }
}
