package dev.reprise.similarity.embedding;

import dev.reprise.similarity.table.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.jspecify.annotations.Nullable;

/**
 * On-disk index of the catalogue's embeddings, searched by Lucene's HNSW graphs.
 *
 * <p>A vector is compared only with vectors of the same model and dimension: each such space has
 * two graphs, one for cosine and one for Euclidean distance. A graph returns candidates and may
 * miss a neighbour; the candidates' distances are recomputed in double precision from the original
 * vectors. The standardised metrics change with every vector and cannot be held in a graph: their
 * searches compare with every vector.
 *
 * <p>The stream is the source of truth, but building a graph takes milliseconds per vector. The
 * index is therefore kept on disk between runs. After opening it, the caller replays the stream
 * from its beginning: embeddings put before {@link #restored} are compared with the index, and only
 * the differences are written, by {@link #restored}. The index is committed after every {@value
 * EmbeddingWriter#CHANGES_PER_COMMIT} changes and on close: a killed process loses at most that
 * many changes.
 *
 * <p>Thread-safe. A search sees every put and removal that completed before it began, except those
 * before {@link #restored}. All methods throw {@link UncheckedIOException} on I/O errors.
 */
public final class EmbeddingIndex implements AutoCloseable {
  private final EmbeddingWriter writer;
  private final SearcherManager searchers;

  private EmbeddingIndex(EmbeddingWriter writer, SearcherManager searchers) {
    this.writer = writer;
    this.searchers = searchers;
  }

  /**
   * Opens an index, reusing the files of an earlier run if they can be read.
   *
   * @param folder used by this index only
   */
  @SuppressWarnings("resource") // closed by close
  public static EmbeddingIndex open(Path folder) {
    return unchecked(
        () -> {
          EmbeddingWriter writer = EmbeddingWriter.open(folder);
          return new EmbeddingIndex(writer, writer.createSearchers(new SnapshotFactory()));
        });
  }

  /**
   * Adds the embedding of a track, or replaces it.
   *
   * @param model name@version
   * @param vector [1 to 1,024], copied
   * @throws IllegalArgumentException if the vector has a different length, or is not finite
   */
  public void put(String id, String model, float[] vector) {
    EmbeddingDocument.check(vector);
    change(() -> writer.put(id, new Embedding(model, vector)));
  }

  /** Returns whether a vector can be put: 1 to 1,024 values whose sum of squares is finite. */
  public static boolean accepts(float[] vector) {
    return EmbeddingDocument.accepts(vector);
  }

  /** Removes the embedding of a track, if it has one. */
  public void remove(String id) {
    change(() -> writer.remove(id));
  }

  /**
   * Ends the restoration once the stream has been read to its end: writes the embeddings that the
   * index lacks, on all processors, and removes those of an earlier run that were not put again.
   * Puts and removals may continue meanwhile. Returns when the index matches the stream, or was
   * closed.
   */
  public void restored() {
    change(writer::endRestoration);
  }

  /** Returns the embedding of a track. */
  public Optional<Embedding> get(String id) {
    return search(id, EmbeddingSearch::embedding);
  }

  /** Returns the number of embeddings, of all models. */
  public int size() {
    return inSnapshot(snapshot -> snapshot.getIndexReader().numDocs());
  }

  /**
   * Finds the tracks whose embeddings are nearest to a track's, excluding the track itself.
   *
   * @param metric any but great-circle
   * @param k 1 and up
   * @return empty if the track has no embedding
   */
  public Optional<NearestEmbeddings> nearest(String id, Metric metric, int k) {
    return search(id, search -> search.findNearest(metric, k));
  }

  /**
   * Computes the exact distances from a track's embedding to every other of its model, in one pass
   * over all of them.
   *
   * @param metrics any but great-circle
   * @return empty if the track has no embedding
   */
  public Optional<EmbeddingDistances> distances(String id, List<Metric> metrics) {
    return search(id, search -> search.computeDistances(metrics));
  }

  private <T> Optional<T> search(String id, Call<EmbeddingSearch, T> call) {
    return inSnapshot(
        snapshot -> {
          OptionalInt document = snapshot.findDocument(id);
          return document.isEmpty()
              ? Optional.empty()
              : Optional.of(call.on(new EmbeddingSearch(snapshot, document.getAsInt())));
        });
  }

  private <T> T inSnapshot(Call<Snapshot, T> call) {
    refresh();
    return unchecked(
        () -> {
          Snapshot snapshot = (Snapshot) searchers.acquire();
          try {
            return call.on(snapshot);
          } finally {
            searchers.release(snapshot);
          }
        });
  }

  /**
   * Makes changes visible to searches. Every search refreshes first, at no cost if nothing is new.
   */
  public void refresh() {
    change(searchers::maybeRefreshBlocking);
  }

  /** Commits what was written; the next run repeats puts that are pending for {@link #restored}. */
  @Override
  public void close() {
    change(
        () -> {
          searchers.close();
          writer.close();
        });
  }

  private interface Call<S, T> {
    T on(S subject) throws IOException;
  }

  private interface Read<T> {
    T run() throws IOException;
  }

  private interface Change {
    void run() throws IOException;
  }

  private static void change(Change change) {
    try {
      change.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T unchecked(Read<T> read) {
    try {
      return read.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class SnapshotFactory extends SearcherFactory {
    @Override
    public IndexSearcher newSearcher(IndexReader reader, @Nullable IndexReader previous) {
      return new Snapshot(reader);
    }
  }
}
