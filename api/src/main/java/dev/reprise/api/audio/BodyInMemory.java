package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import java.util.ArrayList;
import java.util.List;

/** A body in memory, charged to the upload budget. The share stays charged for its result. */
final class BodyInMemory implements BodySink<byte[]> {
  private static final int CHUNK_BYTES = 8 << 10;

  private final UploadBudget.Share share;

  /** Full chunks, before {@link #chunk}. */
  private final List<byte[]> chunks = new ArrayList<>();

  private byte[] chunk = new byte[CHUNK_BYTES];
  private int filled;
  private int size;

  /**
   * @param share charged with the bytes; closed when the body is refused
   */
  BodyInMemory(UploadBudget.Share share) {
    this.share = share;
  }

  @Override
  public void accept(byte[] bytes, int offset, int count) throws ProblemException {
    if (!share.use(count)) {
      throw AudioHandler.budgetExhausted();
    }
    int taken = 0;
    while (taken < count) {
      int more = Math.min(count - taken, CHUNK_BYTES - filled);
      System.arraycopy(bytes, offset + taken, chunk, filled, more);
      taken += more;
      filled += more;
      if (filled == CHUNK_BYTES) {
        chunks.add(chunk);
        chunk = new byte[CHUNK_BYTES];
        filled = 0;
      }
    }
    size += count;
  }

  int size() {
    return size;
  }

  @Override
  public byte[] finish() {
    byte[] joined = new byte[size];
    int offset = 0;
    for (byte[] full : chunks) {
      System.arraycopy(full, 0, joined, offset, CHUNK_BYTES);
      offset += CHUNK_BYTES;
    }
    System.arraycopy(chunk, 0, joined, offset, filled);
    chunks.clear();
    return joined;
  }

  /** Passes the bytes on, and forgets them. */
  void drainTo(BodySink<?> target) throws ProblemException {
    for (byte[] full : chunks) {
      target.accept(full, 0, CHUNK_BYTES);
    }
    target.accept(chunk, 0, filled);
    forget();
  }

  private void forget() {
    chunks.clear();
    filled = 0;
    size = 0;
  }

  @Override
  public void close() {
    forget();
    share.close();
  }
}
