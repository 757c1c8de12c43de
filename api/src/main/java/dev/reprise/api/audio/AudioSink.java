package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import dev.reprise.runtime.AudioEvents;
import org.jspecify.annotations.Nullable;

/**
 * Receives one audio file: into memory as long as it fits into a record, beyond that into the
 * spool.
 */
final class AudioSink implements BodySink<ReceivedAudio> {
  private final UploadLimits limits;
  private final UploadBudget.Share share;
  private final BodyInMemory memory;
  private UploadSpool.@Nullable Upload upload;
  private long size;

  /**
   * @param share charged with the bytes in memory; released when the file goes to the spool
   */
  AudioSink(UploadLimits limits, UploadBudget.Share share) {
    this.limits = limits;
    this.share = share;
    this.memory = new BodyInMemory(share);
  }

  /**
   * Begins in the spool, since the file will not fit into a record.
   *
   * @param expectedBytes size of the file; 0 if unknown
   * @throws ProblemException if the spool has no room for it
   */
  void beginInSpool(long expectedBytes) throws ProblemException {
    upload = limits.spool().orElseThrow().begin(expectedBytes, share);
  }

  @Override
  public void accept(byte[] bytes, int offset, int count) throws ProblemException {
    if (size + count > limits.maxBytes()) {
      throw limits.exceeded();
    }
    if (upload == null && size + count > AudioEvents.MAX_VALUE_BYTES) {
      moveToSpool();
    }
    BodySink<?> target = upload == null ? memory : upload;
    target.accept(bytes, offset, count);
    size += count;
  }

  private void moveToSpool() throws ProblemException {
    UploadSpool.Upload begun = limits.spool().orElseThrow().begin(size, share);
    upload = begun;
    memory.drainTo(begun);
    share.release(size);
  }

  @Override
  public ReceivedAudio finish() throws ProblemException {
    if (size == 0) {
      throw ProblemException.badRequest("The body is empty; send the bytes of an audio file.");
    }
    return upload == null
        ? new ReceivedAudio.InRecord(memory.finish())
        : new ReceivedAudio.InSpool(upload.finish());
  }

  @Override
  public void close() {
    memory.close();
    if (upload != null) {
      upload.close();
    }
  }
}
