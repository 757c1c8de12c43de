package dev.reprise.similarity.embedding;

import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.BytesRef;

/** An embedding as Lucene's document; {@link Snapshot} reads it. */
final class EmbeddingDocument {
  /** Lucene's own limit. */
  static final int MAX_DIMENSION = 1_024;

  /** To be changed with the fields and what they hold: an index of another layout is discarded. */
  static final String LAYOUT = "1";

  private EmbeddingDocument() {}

  /**
   * @param embedding one that passes {@link #check}
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

  /** Searchable, and readable by document. */
  private static void addText(Document document, String field, String text) {
    document.add(new StringField(field, text, Field.Store.NO));
    document.add(new BinaryDocValuesField(field, new BytesRef(text)));
  }

  /**
   * @throws IllegalArgumentException if Lucene could not keep the vector
   */
  static void check(float[] vector) {
    if (!accepts(vector)) {
      throw new IllegalArgumentException(
          "An embedding of "
              + vector.length
              + " numbers; 1 to "
              + MAX_DIMENSION
              + " can be kept, whose squares are finite.");
    }
  }

  static boolean accepts(float[] vector) {
    // In the precision of the graphs' own arithmetic.
    float squares = 0;
    for (float value : vector) {
      squares += value * value;
    }
    return vector.length >= 1 && vector.length <= MAX_DIMENSION && Float.isFinite(squares);
  }
}
