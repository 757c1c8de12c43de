package dev.reprise.similarity.embedding;

/**
 * A set of comparable vectors: those of one model and one dimension, in case a model's name and
 * version ever denote two dimensions. Each space has its own fields in the index, and so its own
 * graphs. Immutable.
 */
record Space(String model, int dimension) {
  private static final char SEPARATOR = '/';

  static Space of(String model, float[] vector) {
    return new Space(model, vector.length);
  }

  static Space ofLabel(String label) {
    int at = label.lastIndexOf(SEPARATOR);
    return new Space(label.substring(0, at), Integer.parseInt(label.substring(at + 1)));
  }

  String label() {
    return model + SEPARATOR + dimension;
  }

  /** Returns the field of the original vectors, with a graph of Euclidean distances. */
  String rawField() {
    return "raw:" + label();
  }

  /** Returns the field of the unit vectors, with a graph of dot products, which are cosines. */
  String unitField() {
    return "unit:" + label();
  }
}
