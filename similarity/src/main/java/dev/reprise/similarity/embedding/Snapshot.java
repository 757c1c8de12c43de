package dev.reprise.similarity.embedding;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.Bits;

/**
 * Point-in-time view of the index. Caches statistics over all vectors for its lifetime.
 * Thread-safe.
 */
final class Snapshot extends IndexSearcher {
  static final String ID = "id";
  static final String SPACE = "space";

  private final Map<Space, DimensionScales> scales = new ConcurrentHashMap<>();

  Snapshot(IndexReader reader) {
    super(reader);
  }

  /** Receives the vectors of a space. */
  interface Visitor {
    /**
     * Receives the vector of a document.
     *
     * @param vector valid during the call only
     */
    void visit(int document, float[] vector) throws IOException;
  }

  /** Finds the document of a track. */
  OptionalInt findDocument(String id) throws IOException {
    Term term = new Term(ID, id);
    for (LeafReaderContext leaf : leafContexts) {
      PostingsEnum postings = leaf.reader().postings(term, PostingsEnum.NONE);
      Bits live = leaf.reader().getLiveDocs();
      while (postings != null && postings.nextDoc() != PostingsEnum.NO_MORE_DOCS) {
        if (live == null || live.get(postings.docID())) {
          return OptionalInt.of(leaf.docBase + postings.docID());
        }
      }
    }
    return OptionalInt.empty();
  }

  String id(int document) throws IOException {
    return readText(ID, document);
  }

  Space space(int document) throws IOException {
    return Space.ofLabel(readText(SPACE, document));
  }

  private String readText(String field, int document) throws IOException {
    LeafReaderContext leaf = leaf(document);
    BinaryDocValues values = DocValues.getBinary(leaf.reader(), field);
    if (!values.advanceExact(document - leaf.docBase)) {
      throw new IllegalStateException("Document " + document + " has no " + field + ".");
    }
    return values.binaryValue().utf8ToString();
  }

  private LeafReaderContext leaf(int document) {
    return leafContexts.get(ReaderUtil.subIndex(document, leafContexts));
  }

  float[] vector(Space space, int document) throws IOException {
    LeafReaderContext leaf = leaf(document);
    FloatVectorValues vectors = leaf.reader().getFloatVectorValues(space.rawField());
    if (vectors == null || vectors.advance(document - leaf.docBase) != document - leaf.docBase) {
      throw new IllegalStateException("Document " + document + " has no vector.");
    }
    return vectors.vectorValue().clone();
  }

  /** Visits every vector of a space, in document order. */
  void visit(Space space, Visitor visitor) throws IOException {
    for (LeafReaderContext leaf : leafContexts) {
      FloatVectorValues vectors = leaf.reader().getFloatVectorValues(space.rawField());
      if (vectors != null) {
        Bits live = leaf.reader().getLiveDocs();
        while (vectors.nextDoc() != FloatVectorValues.NO_MORE_DOCS) {
          if (live == null || live.get(vectors.docID())) {
            visitor.visit(leaf.docBase + vectors.docID(), vectors.vectorValue());
          }
        }
      }
    }
  }

  /** Finds documents near a vector by the graph of a field, in no particular order. */
  int[] findCandidates(String field, float[] vector, int count) throws IOException {
    ScoreDoc[] found = search(new KnnFloatVectorQuery(field, vector, count), count).scoreDocs;
    return Arrays.stream(found).mapToInt(it -> it.doc).toArray();
  }

  /** Returns the scales over all vectors of a space; concurrent computations give equal results. */
  DimensionScales scales(Space space) throws IOException {
    DimensionScales known = scales.get(space);
    if (known == null) {
      DimensionScales.Builder builder = new DimensionScales.Builder(space.dimension());
      visit(space, (document, vector) -> builder.add(vector));
      known = builder.build();
      scales.put(space, known);
    }
    return known;
  }

  /** Counts the vectors of a space. */
  int size(Space space) throws IOException {
    return count(new TermQuery(new Term(SPACE, space.label())));
  }
}
