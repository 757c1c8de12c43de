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
 * What the stream says of an index while it is read again from its beginning: which of the
 * embeddings that the index had at its opening are still the tracks' own, and which it lacks.
 *
 * <p>A compacted topic has records that later ones replace, so that nothing may be concluded before
 * its end: an embedding that differs from the index's waits in a file, and of each track only the
 * last that was put need ever be written. Takes two bits for each embedding of the index, and
 * memory for the id of each track that waits.
 *
 * <p>Not thread-safe: {@link EmbeddingIndex} locks.
 */
final class Restoration implements Closeable {
  private final Snapshot opened;

  /** Documents of the opened index that it has still. */
  private final BitSet present;

  /** Those of them that were put again. */
  private final BitSet kept;

  private final VectorFile file;

  /** Where in the file the embedding of a track lies that is to be written, the oldest first. */
  private final Map<String, Long> waiting = new LinkedHashMap<>();

  /** Takes what a restoration finds. */
  interface Taker<T> {
    void take(T found) throws IOException;
  }

  /** An embedding of a track. */
  record Waiting(String id, Embedding embedding) {}

  /**
   * @param opened of the index as it was found; closed by {@link #close}
   * @param file empty; likewise
   */
  Restoration(IndexReader opened, VectorFile file) {
    this.opened = new Snapshot(opened);
    this.file = file;
    this.present = new BitSet(opened.maxDoc());
    this.kept = new BitSet(opened.maxDoc());
    for (LeafReaderContext leaf : opened.leaves()) {
      Bits live = leaf.reader().getLiveDocs();
      for (int i = 0; i < leaf.reader().maxDoc(); i++) {
        present.set(leaf.docBase + i, live == null || live.get(i));
      }
    }
  }

  void put(String id, Embedding embedding) throws IOException {
    OptionalInt document = find(id);
    boolean isKept = document.isPresent() && isEqual(document.getAsInt(), embedding);
    document.ifPresent(it -> kept.set(it, isKept));
    if (isKept) {
      waiting.remove(id);
    } else {
      waiting.put(id, file.append(embedding));
    }
  }

  /**
   * @return whether that is all there is to do; else the index may have an embedding that was taken
   *     from {@link #next}
   */
  boolean remove(String id) throws IOException {
    waiting.remove(id);
    OptionalInt document = find(id);
    document.ifPresent(kept::clear);
    return document.isPresent();
  }

  private OptionalInt find(String id) throws IOException {
    OptionalInt document = opened.find(id);
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
   * Takes away the first that wait; whoever takes them writes them, in place of what the index has.
   */
  List<Waiting> next(int count) throws IOException {
    List<Waiting> next = new ArrayList<>();
    Iterator<Map.Entry<String, Long>> entries = waiting.entrySet().iterator();
    while (next.size() < count && entries.hasNext()) {
      Map.Entry<String, Long> entry = entries.next();
      next.add(new Waiting(entry.getKey(), file.read(entry.getValue())));
      find(entry.getKey()).ifPresent(present::clear);
      entries.remove();
    }
    return next;
  }

  /** The tracks whose embeddings the index has from before, and the stream has no more. */
  void stale(Taker<String> taker) throws IOException {
    BitSet stale = (BitSet) present.clone();
    stale.andNot(kept);
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
