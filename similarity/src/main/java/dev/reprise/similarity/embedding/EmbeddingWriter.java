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
 * Changes the index, and commits it from time to time. Thread-safe; changes run one after the
 * other.
 */
final class EmbeddingWriter implements AutoCloseable {
  /** A commit ends each processor's graph, and small ones make a search slow and miss more. */
  static final int CHANGES_PER_COMMIT = 50_000;

  /** Vectors that Lucene holds before it writes a segment: larger ones are merged less often. */
  private static final double BUFFER_MB = 64;

  /** How many are written at a time once the stream was read: seconds that a put waits at most. */
  private static final int BATCH = 500;

  private final Directory directory;
  private final IndexWriter writer;

  /** Null when it is over. */
  private @Nullable Restoration restoration;

  private int changes;
  private boolean isClosed;

  private EmbeddingWriter(Directory directory, IndexWriter writer, Restoration restoration) {
    this.directory = directory;
    this.writer = writer;
    this.restoration = restoration;
  }

  /**
   * @param folder the index's alone
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

  SearcherManager searchers(SearcherFactory factory) throws IOException {
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

  /** Returns when the restoration is over, or the index was closed. */
  void endRestoration() throws IOException {
    boolean isOver = false;
    while (!isOver) {
      isOver = continueRestoration();
    }
  }

  private synchronized boolean continueRestoration() throws IOException {
    if (restoration == null || isClosed) {
      return true;
    }
    List<Restoration.Waiting> batch = restoration.next(BATCH);
    if (!batch.isEmpty()) {
      writeAll(batch);
      return false;
    }
    restoration.stale(this::delete);
    restoration.close();
    restoration = null;
    commit();
    return true;
  }

  /** On all processors: they build graphs apart, which are merged later. */
  private void writeAll(List<Restoration.Waiting> batch) throws IOException {
    try {
      batch.parallelStream().forEach(this::writeUnchecked);
    } catch (UncheckedIOException e) {
      throw new IOException("The index cannot be written.", e);
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

  private void countChanges(int more) throws IOException {
    changes += more;
    if (changes >= CHANGES_PER_COMMIT) {
      commit();
    }
  }

  private void commit() throws IOException {
    writer.commit();
    changes = 0;
  }

  /** Once; commits what was written. */
  @Override
  public synchronized void close() throws IOException {
    if (isClosed) {
      return;
    }
    isClosed = true;
    // In reverse, even if the commit fails, of a full disk say. The rollback drops merges that are
    // going on: minutes of work that the next run does as well.
    try (Closeable last = directory;
        Closeable then = writer::rollback;
        Closeable first = restoration) {
      commit();
    }
  }
}
