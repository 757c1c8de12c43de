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
 * The embeddings of the catalogue, on disk, and the nearest among them by Lucene's HNSW graphs.
 *
 * <p>A vector is compared only with those of the same model and dimension: each such space has two
 * graphs of its own, one of cosines and one of Euclidean distances. A graph gives candidates, and
 * so may miss a neighbour; their distances are computed again, in double precision, from the
 * vectors as they came. The standardised metrics change with every vector, so that no graph can
 * hold them: they compare with every vector.
 *
 * <p>The stream is what lasts, and a graph takes milliseconds for each of its vectors to build. So
 * the index stays in its folder from one run to the next, and an opened one waits for what the
 * stream has, read from its beginning: what is put until {@link #restored} is compared with what is
 * there, and only then is the difference written. It is committed after every {@value
 * EmbeddingWriter#CHANGES_PER_COMMIT} changes and when it is closed: whoever is killed builds so
 * many again at most.
 *
 * <p>Thread-safe. A search sees every put and removal that was finished before it began, but those
 * before {@link #restored}. All methods throw {@link UncheckedIOException} when the disk fails.
 */
public final class EmbeddingIndex implements AutoCloseable {
  private final EmbeddingWriter writer;
  private final SearcherManager searchers;

  private EmbeddingIndex(EmbeddingWriter writer, SearcherManager searchers) {
    this.writer = writer;
    this.searchers = searchers;
  }

  /**
   * Takes up what an earlier run left, if it can be read.
   *
   * @param folder the index's alone
   */
  @SuppressWarnings("resource") // closed by close
  public static EmbeddingIndex open(Path folder) {
    return unchecked(
        () -> {
          EmbeddingWriter writer = EmbeddingWriter.open(folder);
          return new EmbeddingIndex(writer, writer.searchers(new SnapshotFactory()));
        });
  }

  /**
   * Sets the embedding of a track, in place of the one that it has.
   *
   * @param model name@version
   * @param vector [1 to 1,024], copied
   * @throws IllegalArgumentException if the vector is of another length, or not finite
   */
  public void put(String id, String model, float[] vector) {
    EmbeddingDocument.check(vector);
    change(() -> writer.put(id, new Embedding(model, vector)));
  }

  /** Whether a vector can be put: 1 to 1,024 numbers whose squares are finite together. */
  public static boolean accepts(float[] vector) {
    return EmbeddingDocument.accepts(vector);
  }

  /** Takes the embedding of a track away, if it has one. */
  public void remove(String id) {
    change(() -> writer.remove(id));
  }

  /**
   * Says that the stream was read to its end: writes what was put and is not there, on all
   * processors, and removes what an earlier run left and was not put again. Puts and removals may
   * go on meanwhile. Returns when the index is as they say, or it was closed.
   */
  public void restored() {
    change(writer::endRestoration);
  }

  /** What was last put of a track. */
  public Optional<Embedding> get(String id) {
    return search(id, EmbeddingSearch::embedding);
  }

  /** Vectors of all models. */
  public int size() {
    return inSnapshot(snapshot -> snapshot.getIndexReader().numDocs());
  }

  /**
   * The tracks whose embeddings are nearest to a track's, without itself.
   *
   * @param metric any but great-circle
   * @param k 1 and up
   * @return empty where the track has no embedding
   */
  public Optional<NearestEmbeddings> nearest(String id, Metric metric, int k) {
    return search(id, search -> search.nearest(metric, k));
  }

  /**
   * The exact distances of a track's embedding to every other of its model, which takes a pass
   * through all of them.
   *
   * @param metrics any but great-circle
   * @return empty where the track has no embedding
   */
  public Optional<EmbeddingDistances> distances(String id, List<Metric> metrics) {
    return search(id, search -> search.distances(metrics));
  }

  private <T> Optional<T> search(String id, Call<EmbeddingSearch, T> call) {
    return inSnapshot(
        snapshot -> {
          OptionalInt document = snapshot.find(id);
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

  /** Makes searchable what was put; every search does so first, and at no cost if nothing was. */
  public void refresh() {
    change(searchers::maybeRefreshBlocking);
  }

  /** Commits what was written; what waits for {@link #restored} the next run puts again. */
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

  private interface Disk<T> {
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

  private static <T> T unchecked(Disk<T> disk) {
    try {
      return disk.run();
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
