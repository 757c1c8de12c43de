package dev.reprise.similarity.embedding;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes to the index and commits them periodically. Thread-safe; changes are serialised.
 */
final class EmbeddingWriter implements AutoCloseable {
  /** Each commit starts new graphs, and many small graphs make searches slower and miss more. */
  static final int CHANGES_PER_COMMIT = 50_000;

  /** Memory that Lucene buffers before it writes a segment: large segments merge less often. */
  private static final double BUFFER_MB = 64;

  /** Embeddings written per lock when the restoration ends: a put waits for seconds at most. */
  private static final int BATCH_SIZE = 500;

  private final Directory directory;
  private final IndexWriter writer;

  /** Null once the restoration has ended. */
  private @Nullable Restoration restoration;

  private int changes;
  private boolean isClosed;

  private EmbeddingWriter(Directory directory, IndexWriter writer, Restoration restoration) {
    this.directory = directory;
    this.writer = writer;
    this.restoration = restoration;
  }

  /**
   * Opens a writer, and begins a restoration.
   *
   * @param folder used by this index only
   */
  @SuppressWarnings("resource") // closed by close
  static EmbeddingWriter open(Path folder) throws IOException {
    Directory directory = FSDirectory.open(folder);
    IndexWriter writer =
        IndexFolder.open(directory, new IndexWriterConfig().setRAMBufferSizeMB(BUFFER_MB));
    Restoration restoration =
        new Restoration(DirectoryReader.open(writer), VectorFile.create(folder.resolve("waiting")));
    return new EmbeddingWriter(directory, writer, restoration);
  }

  SearcherManager createSearchers(SearcherFactory factory) throws IOException {
    return new SearcherManager(writer, factory);
  }

  synchronized void put(String id, Embedding embedding) throws IOException {
    if (restoration == null) {
      write(id, embedding);
      countChanges(1);
    } else {
      restoration.put(id, embedding);
    }
  }

  synchronized void remove(String id) throws IOException {
    if (restoration == null || !restoration.remove(id)) {
      delete(id);
      countChanges(1);
    }
  }

  /** Writes the differences. Returns when the restoration has ended, or the index was closed. */
  void endRestoration() throws IOException {
    boolean hasEnded = false;
    while (!hasEnded) {
      hasEnded = restoreBatch();
    }
  }

  private synchronized boolean restoreBatch() throws IOException {
    if (restoration == null || isClosed) {
      return true;
    }
    List<Restoration.Waiting> batch = restoration.takeBatch(BATCH_SIZE);
    if (!batch.isEmpty()) {
      writeAll(batch);
      return false;
    }
    restoration.forEachStale(this::delete);
    restoration.close();
    restoration = null;
    commit();
    return true;
  }

  /** Writes on all processors: each builds its own graphs, which Lucene merges later. */
  private void writeAll(List<Restoration.Waiting> batch) throws IOException {
    try {
      batch.parallelStream().forEach(this::writeUnchecked);
    } catch (UncheckedIOException e) {
      throw new IOException("Cannot write the index.", e);
    }
    countChanges(batch.size());
  }

  private void writeUnchecked(Restoration.Waiting waiting) {
    try {
      write(waiting.id(), waiting.embedding());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String id, Embedding embedding) throws IOException {
    writer.updateDocument(new Term(Snapshot.ID, id), EmbeddingDocument.of(id, embedding));
  }

  private void delete(String id) throws IOException {
    writer.deleteDocuments(new Term(Snapshot.ID, id));
  }

  private void countChanges(int count) throws IOException {
    changes += count;
    if (changes >= CHANGES_PER_COMMIT) {
      commit();
    }
  }

  private void commit() throws IOException {
    writer.commit();
    changes = 0;
  }

  /** Commits what was written, and closes. Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    if (isClosed) {
      return;
    }
    isClosed = true;
    // In reverse order, even if the commit fails, for example on a full disk. The rollback aborts
    // running merges: minutes of work, which the next run repeats.
    try (Closeable last = directory;
        Closeable then = writer::rollback;
        Closeable first = restoration) {
      commit();
    }
  }
}
