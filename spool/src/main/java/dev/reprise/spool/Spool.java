package dev.reprise.spool;

import dev.reprise.runtime.ConfigurationException;
import java.io.IOException;
import java.util.List;

/**
 * Audio files that are too large for a record, on their way from the API to the extractor. Contains
 * nothing else: a file or object without an upload's name is never touched. Thread-safe; the
 * writers are not.
 */
public sealed interface Spool extends AutoCloseable permits FolderSpool, BucketSpool {

  /**
   * Opens the spool, and creates its folder if it is missing.
   *
   * @throws ConfigurationException if the folder cannot be used, or the bucket's region or
   *     credentials are not configured
   */
  static Spool open(SpoolConfig config) throws ConfigurationException {
    return config.location() instanceof SpoolLocation.Bucket bucket
        ? BucketSpool.open(bucket, config.store())
        : FolderSpool.open(((SpoolLocation.Folder) config.location()).path());
  }

  /** Begins an upload. */
  SpoolWriter create(SpoolName name) throws IOException;

  /** Deletes a complete upload, if it exists. */
  void delete(SpoolName name) throws IOException;

  /** Returns all uploads, unfinished ones too. */
  List<SpooledFile> list() throws IOException;

  /** Deletes an upload that was listed, whether it is complete or not. */
  void discard(SpooledFile file) throws IOException;

  /** Returns the bytes that the disk has left; a bucket has no end. */
  long freeBytes() throws IOException;

  /** Bytes of heap that a writer takes. */
  int bufferBytes();

  @Override
  void close();
}
