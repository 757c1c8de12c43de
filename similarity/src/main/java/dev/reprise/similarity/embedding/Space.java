package dev.reprise.similarity.embedding;

/**
 * The vectors that may be compared with each other: of one model, and of one dimension in case a
 * model's name and version ever stand for two. Each space has fields of its own in the index, and
 * so graphs of its own. Immutable.
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

  /** The field of the vectors as they are, with a graph of Euclidean distances. */
  String rawField() {
    return "raw:" + label();
  }

  /** The field of the vectors at length 1, with a graph of dot products, which are cosines. */
  String unitField() {
    return "unit:" + label();
  }
}
