package dev.reprise.inference.model;

import java.util.List;

/** Scores batches of clips. Thread-safe. */
public interface Scorer extends AutoCloseable {
  /** Returns the largest batch size. */
  int maxBatchSize();

  /**
   * Scores a batch.
   *
   * @param clips 1 to {@link #maxBatchSize}
   * @return the outputs, in the order of the clips
   * @throws ModelException if the model fails on the batch; which clip caused it is unknown
   */
  List<ModelOutput> score(List<ClipInput> clips) throws ModelException;

  /**
   * Releases the model's resources, after the last call of {@link #score} has returned; idempotent.
   */
  @Override
  void close();
}
