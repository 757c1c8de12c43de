package dev.reprise.similarity.embedding;

import java.io.IOException;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.Directory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the folder that keeps an index between runs. The last commit is reused as a whole or not at
 * all: Lucene's commits are atomic, and an index that is corrupt nevertheless, or that this version
 * cannot read, is discarded.
 */
final class IndexFolder {
  private static final Logger log = LoggerFactory.getLogger(IndexFolder.class);
  private static final String LAYOUT = "layout";

  private IndexFolder() {}

  /**
   * Opens a writer on the last commit, or on an empty index.
   *
   * @param directory used by this index only
   * @throws IOException if the folder cannot be used, or another writer holds its lock
   */
  static IndexWriter open(Directory directory, IndexWriterConfig config) throws IOException {
    boolean exists = DirectoryReader.indexExists(directory);
    String problem = exists ? findProblem(directory) : "";
    if (!problem.isEmpty()) {
      log.warn("Discarding the index in {} and rebuilding it: {}", directory, problem);
      clear(directory);
    }
    IndexWriter writer =
        new IndexWriter(directory, config.setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND));
    if (!exists || !problem.isEmpty()) {
      writer.setLiveCommitData(Map.of(LAYOUT, EmbeddingDocument.LAYOUT).entrySet());
    }
    return writer;
  }

  /** Reads the whole index to find corruption. Returns an empty string if it is intact. */
  private static String findProblem(Directory directory) {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      String layout = reader.getIndexCommit().getUserData().get(LAYOUT);
      if (!EmbeddingDocument.LAYOUT.equals(layout)) {
        return "its layout is " + layout + ", not " + EmbeddingDocument.LAYOUT;
      }
      for (LeafReaderContext leaf : reader.leaves()) {
        leaf.reader().checkIntegrity();
      }
      return "";
    } catch (IOException | RuntimeException e) {
      // Lucene also throws unchecked exceptions, for a missing codec or corrupt bytes.
      return e.toString();
    }
  }

  private static void clear(Directory directory) throws IOException {
    for (String file : directory.listAll()) {
      if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
        directory.deleteFile(file);
      }
    }
  }
}
