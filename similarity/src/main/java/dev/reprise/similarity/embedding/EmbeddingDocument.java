package dev.reprise.similarity.embedding;

import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;

/** Converts an embedding to a Lucene document, which {@link Snapshot} reads. */
final class EmbeddingDocument {
  /** Lucene's limit for vectors. */
  static final int MAX_DIMENSION = 1_024;

  /** Bump on every change to the fields or their content: other layouts are discarded. */
  static final String LAYOUT = "1";

  private EmbeddingDocument() {}

  /**
   * Creates the document of a track.
   *
   * @param embedding must pass {@link #check}
   */
  static Document of(String id, Embedding embedding) {
    float[] vector = embedding.vector();
    Space space = Space.of(embedding.model(), vector);
    Document document = new Document();
    addText(document, Snapshot.ID, id);
    addText(document, Snapshot.SPACE, space.label());
    document.add(
        new KnnFloatVectorField(
            space.rawField(), vector.clone(), VectorSimilarityFunction.EUCLIDEAN));
    document.add(
        new KnnFloatVectorField(
            space.unitField(), UnitVector.of(vector), VectorSimilarityFunction.DOT_PRODUCT));
    return document;
  }

  /** Adds text both as a term, for searches, and as a doc value, for reading by document. */
  private static void addText(Document document, String field, String text) {
    document.add(new StringField(field, text, Field.Store.NO));
    document.add(new BinaryDocValuesField(field, new BytesRef(text)));
  }

  /**
   * Checks that Lucene can index a vector.
   *
   * @throws IllegalArgumentException if it cannot
   */
  static void check(float[] vector) {
    if (!accepts(vector)) {
      throw new IllegalArgumentException(
          "Cannot index an embedding of "
              + vector.length
              + " values: it must have 1 to "
              + MAX_DIMENSION
              + " values, and the sum of their squares must be finite.");
    }
  }

  static boolean accepts(float[] vector) {
    // In single precision, as the graphs compute.
    float squares = 0;
    for (float value : vector) {
      squares += value * value;
    }
    return vector.length >= 1 && vector.length <= MAX_DIMENSION && Float.isFinite(squares);
  }
}
