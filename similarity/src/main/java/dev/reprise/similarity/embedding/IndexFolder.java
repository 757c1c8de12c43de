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
 * The folder that an index stays in from one run to the next. What was last committed is taken up,
 * whole or not at all: Lucene's commits are atomic, and an index that is damaged all the same, or
 * that this version cannot read, is discarded.
 */
final class IndexFolder {
  private static final Logger log = LoggerFactory.getLogger(IndexFolder.class);
  private static final String LAYOUT = "layout";

  private IndexFolder() {}

  /**
   * @param directory the index's alone
   * @throws IOException if the folder cannot be used, or another writer does
   */
  static IndexWriter open(Directory directory, IndexWriterConfig config) throws IOException {
    boolean isThere = DirectoryReader.indexExists(directory);
    String fault = isThere ? fault(directory) : "";
    if (!fault.isEmpty()) {
      log.warn("The index in {} is discarded and built anew: {}", directory, fault);
      clear(directory);
    }
    IndexWriter writer =
        new IndexWriter(directory, config.setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND));
    if (!isThere || !fault.isEmpty()) {
      writer.setLiveCommitData(Map.of(LAYOUT, EmbeddingDocument.LAYOUT).entrySet());
    }
    return writer;
  }

  /** Reads all of it, which finds what a disk has lost; empty where nothing is wrong. */
  private static String fault(Directory directory) {
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
      // Of a codec that is not there, or of damaged bytes, Lucene throws unchecked ones too.
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
