package dev.reprise.similarity.embedding;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;

/**
 * The differences between an index and the stream, collected while the stream is replayed from its
 * beginning: which embeddings of the opened index are still current, and which it lacks.
 *
 * <p>A compacted topic may still contain superseded records, so nothing is certain before its end
 * is read: an embedding that differs from the index's is pending in a file, and only the last one
 * put for each track is ever written. Takes two bits per embedding of the index, and memory for the
 * id of each pending track.
 *
 * <p>Not thread-safe: {@link EmbeddingWriter} locks.
 */
final class Restoration implements Closeable {
  private final Snapshot opened;

  /** Documents of the opened index that were not replaced since. */
  private final BitSet present;

  /** Documents of the opened index that the stream has confirmed. */
  private final BitSet confirmed;

  private final VectorFile file;

  /** The offset in the file of each embedding to write, by track id; oldest first. */
  private final Map<String, Long> pending = new LinkedHashMap<>();

  /** An action that may fail with an I/O error. */
  interface Taker<T> {
    void take(T item) throws IOException;
  }

  /** A pending embedding of a track. */
  record Waiting(String id, Embedding embedding) {}

  /**
   * @param opened a reader of the index as it was opened; closed by {@link #close}
   * @param file empty; closed by {@link #close}
   */
  Restoration(IndexReader opened, VectorFile file) {
    this.opened = new Snapshot(opened);
    this.file = file;
    this.present = new BitSet(opened.maxDoc());
    this.confirmed = new BitSet(opened.maxDoc());
    for (LeafReaderContext leaf : opened.leaves()) {
      Bits live = leaf.reader().getLiveDocs();
      for (int i = 0; i < leaf.reader().maxDoc(); i++) {
        present.set(leaf.docBase + i, live == null || live.get(i));
      }
    }
  }

  void put(String id, Embedding embedding) throws IOException {
    OptionalInt document = findPresent(id);
    boolean isCurrent = document.isPresent() && isEqual(document.getAsInt(), embedding);
    document.ifPresent(it -> confirmed.set(it, isCurrent));
    if (isCurrent) {
      pending.remove(id);
    } else {
      pending.put(id, file.append(embedding));
    }
  }

  /**
   * Removes a track's pending and confirmed embedding.
   *
   * @return whether nothing else needs to be done; if false, the index may have an embedding that
   *     was taken from {@link #takeBatch}
   */
  boolean remove(String id) throws IOException {
    pending.remove(id);
    OptionalInt document = findPresent(id);
    document.ifPresent(confirmed::clear);
    return document.isPresent();
  }

  private OptionalInt findPresent(String id) throws IOException {
    OptionalInt document = opened.findDocument(id);
    return document.isPresent() && present.get(document.getAsInt())
        ? document
        : OptionalInt.empty();
  }

  private boolean isEqual(int document, Embedding embedding) throws IOException {
    Space space = opened.space(document);
    return space.equals(Space.of(embedding.model(), embedding.vector()))
        && Arrays.equals(opened.vector(space, document), embedding.vector());
  }

  /**
   * Removes and returns the oldest pending embeddings; the caller writes them, replacing those of
   * the index.
   *
   * @param count the maximum number of embeddings
   */
  List<Waiting> takeBatch(int count) throws IOException {
    List<Waiting> batch = new ArrayList<>();
    Iterator<Map.Entry<String, Long>> entries = pending.entrySet().iterator();
    while (batch.size() < count && entries.hasNext()) {
      Map.Entry<String, Long> entry = entries.next();
      batch.add(new Waiting(entry.getKey(), file.read(entry.getValue())));
      findPresent(entry.getKey()).ifPresent(present::clear);
      entries.remove();
    }
    return batch;
  }

  /** Passes the id of each track whose embedding is in the index, but no longer in the stream. */
  void forEachStale(Taker<String> taker) throws IOException {
    BitSet stale = (BitSet) present.clone();
    stale.andNot(confirmed);
    for (int it = stale.nextSetBit(0); it >= 0; it = stale.nextSetBit(it + 1)) {
      taker.take(opened.id(it));
    }
  }

  @Override
  public void close() throws IOException {
    opened.getIndexReader().close();
    file.close();
  }
}
