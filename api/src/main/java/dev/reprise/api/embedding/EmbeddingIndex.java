package dev.reprise.api.embedding;

import dev.reprise.api.similarity.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
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
 * <p>The stream is what lasts, the index is made from it anew at each start: opening discards the
 * index that an earlier run left in the folder, and nothing is committed.
 *
 * <p>Thread-safe. A search sees every put and removal that was finished before it began. All
 * methods throw {@link UncheckedIOException} when the disk fails.
 */
public final class EmbeddingIndex implements AutoCloseable {
  /** Most numbers that an embedding may have: Lucene's own limit. */
  public static final int MAX_DIMENSION = EmbeddingDocument.MAX_DIMENSION;

  /** Vectors that Lucene holds before it writes a segment: larger ones are merged less often. */
  private static final double BUFFER_MB = 64;

  private final Directory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;

  private EmbeddingIndex(Directory directory, IndexWriter writer, SearcherManager searchers) {
    this.directory = directory;
    this.writer = writer;
    this.searchers = searchers;
  }

  /**
   * @param folder the index's alone; its index is discarded
   */
  @SuppressWarnings("resource") // closed by close
  public static EmbeddingIndex open(Path folder) {
    return unchecked(
        () -> {
          Directory directory = FSDirectory.open(folder);
          IndexWriter writer =
              new IndexWriter(
                  directory,
                  new IndexWriterConfig()
                      .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
                      .setRAMBufferSizeMB(BUFFER_MB));
          // An empty commit: the files of the earlier index go now.
          writer.commit();
          return new EmbeddingIndex(
              directory, writer, new SearcherManager(writer, new SnapshotFactory()));
        });
  }

  /**
   * Adds the vector of a track, in place of the one that it has.
   *
   * @param model name@version
   * @param vector [1 to 1,024], copied
   * @throws IllegalArgumentException if the vector is of another length, or not finite
   */
  public void put(String id, String model, float[] vector) {
    Document document = EmbeddingDocument.of(id, model, vector);
    unchecked(() -> writer.updateDocument(new Term(Snapshot.ID, id), document));
  }

  /** Takes the vector of a track away, if it has one. */
  public void remove(String id) {
    unchecked(() -> writer.deleteDocuments(new Term(Snapshot.ID, id)));
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
    unchecked(
        () -> {
          searchers.maybeRefreshBlocking();
          return true;
        });
  }

  @Override
  public void close() {
    unchecked(
        () -> {
          searchers.close();
          writer.rollback();
          directory.close();
          return true;
        });
  }

  private interface Call<S, T> {
    T on(S subject) throws IOException;
  }

  private interface Disk<T> {
    T run() throws IOException;
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
