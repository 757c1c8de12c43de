package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolFullException;
import dev.reprise.spool.SpoolName;
import dev.reprise.spool.SpoolWriter;
import dev.reprise.spool.SpooledFile;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spool as the API uses it: within a bound on the bytes of all uploads in it, whichever
 * instance received them, and on the number of concurrent ones of this instance. Thread-safe; the
 * uploads are not.
 */
public final class UploadSpool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UploadSpool.class);

  /** Each writes to the disk or the network on a thread of the server. */
  static final int MAX_CONCURRENT = 32;

  /** What an upload of unknown size acquires at a time. */
  private static final long STEP_BYTES = 8L << 20;

  /** An extraction frees the room; the client sends the whole file again. */
  private static final int RETRY_AFTER_SECONDS = 10;

  private static final int INSUFFICIENT_STORAGE = 507;

  private final Spool spool;
  private final long maxBytes;

  /** Uploads of this instance that are being received. */
  private final Set<SpoolName> receiving = new HashSet<>();

  /** Bytes that they have or may yet write. */
  private long reserved;

  /**
   * @param spool owned by this, and closed with it
   * @param maxBytes bound on the bytes in the spool
   */
  public UploadSpool(Spool spool, long maxBytes) {
    this.spool = spool;
    this.maxBytes = maxBytes;
  }

  /**
   * Begins an upload.
   *
   * @param expectedBytes its size, or less if it is not known
   * @param share charged with the memory that the upload takes
   * @throws ProblemException (503 or 507) if there is no room for it
   */
  Upload begin(long expectedBytes, UploadBudget.Share share) throws ProblemException {
    SpoolName name = SpoolName.random();
    acquire(name, expectedBytes, share);
    try {
      return new Upload(name, expectedBytes, spool.create(name));
    } catch (IOException e) {
      release(name, expectedBytes);
      throw problem(e);
    }
  }

  private synchronized void acquire(SpoolName name, long bytes, UploadBudget.Share share)
      throws ProblemException {
    if (receiving.size() == MAX_CONCURRENT) {
      throw ProblemException.unavailable(
          "The server receives %d large files already; try again.".formatted(MAX_CONCURRENT),
          RETRY_AFTER_SECONDS);
    }
    if (!share.use(spool.bufferBytes())) {
      throw AudioHandler.budgetExhausted();
    }
    reserve(bytes);
    receiving.add(name);
  }

  /** Synchronized while it lists the spool, so that two uploads cannot take the same room. */
  private synchronized void reserve(long bytes) throws ProblemException {
    try {
      if (spool.freeBytes() < bytes) {
        throw diskFull();
      }
      long stored =
          spool.list().stream()
              .filter(file -> !receiving.contains(file.name()))
              .mapToLong(SpooledFile::bytes)
              .sum();
      if (stored + reserved + bytes > maxBytes) {
        throw ProblemException.unavailable(
            "The server's spool for large files is full (--max-spool-size); try again later.",
            RETRY_AFTER_SECONDS);
      }
      reserved += bytes;
    } catch (IOException e) {
      throw problem(e);
    }
  }

  private synchronized void release(SpoolName name, long bytes) {
    receiving.remove(name);
    reserved -= bytes;
  }

  /** Deletes an upload that no event names. */
  void delete(SpoolName name) {
    try {
      spool.delete(name);
    } catch (IOException | RuntimeException e) {
      log.warn(
          "Cannot delete the upload {}: {}. It is deleted when it expires.", name, e.toString());
    }
  }

  private static ProblemException problem(IOException e) {
    if (e instanceof SpoolFullException) {
      log.warn("The spool is full: {}", e.getMessage());
      return diskFull();
    }
    log.warn("The spool cannot be used: {}", e.toString());
    return ProblemException.unavailable("The server's spool cannot be used; try again.");
  }

  private static ProblemException diskFull() {
    return ProblemException.of(
        INSUFFICIENT_STORAGE, "The server's disk has no room for the file; try again later.");
  }

  @Override
  public void close() {
    spool.close();
  }

  /** One upload on its way into the spool. */
  final class Upload implements BodySink<SpoolName> {
    private final SpoolName name;
    private final SpoolWriter writer;
    private long acquired;
    private long written;
    private boolean isReleased;

    private Upload(SpoolName name, long acquired, SpoolWriter writer) {
      this.name = name;
      this.acquired = acquired;
      this.writer = writer;
    }

    @Override
    public void accept(byte[] bytes, int offset, int count) throws ProblemException {
      if (written + count > acquired) {
        reserve(STEP_BYTES);
        acquired += STEP_BYTES;
      }
      try {
        writer.write(bytes, offset, count);
      } catch (IOException e) {
        throw problem(e);
      }
      written += count;
    }

    @Override
    public SpoolName finish() throws ProblemException {
      try {
        writer.complete();
      } catch (IOException e) {
        throw problem(e);
      }
      close();
      return name;
    }

    /** Discards the upload, unless it is complete. */
    @Override
    public void close() {
      writer.close();
      if (!isReleased) {
        isReleased = true;
        release(name, acquired);
      }
    }
  }
}
