package dev.reprise.inference.model;

import java.util.List;

/** Scores clips by the batch. Implementations need not be thread-safe. */
public interface Scorer extends AutoCloseable {
  /** The largest batch. */
  int maxBatchSize();

  /**
   * Scores a batch.
   *
   * @param clips 1 to {@link #maxBatchSize}
   * @return the scores, in the order of the clips
   * @throws ModelException if the model fails; nothing is known of any of the clips
   */
  List<Scores> score(List<ClipInput> clips) throws ModelException;

  /** Frees what scoring needs, once nobody scores any more; idempotent. */
  @Override
  void close();
}
