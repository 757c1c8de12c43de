package dev.reprise.similarity.embedding;

/** Vectors of length 1, whose dot product is their cosine. */
final class UnitVector {
  private UnitVector() {}

  /** A copy of length 1; zeros stay zeros, so that their product with every vector is 0. */
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
