package dev.reprise.inference.serving;

import dev.reprise.inference.batch.BatchMeters;
import dev.reprise.inference.batch.DynamicBatcher;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.model.Scorer;
import java.time.Duration;

/**
 * A loaded model and the batcher of its clips.
 *
 * <p>ONNX Runtime crashes the process if a session is closed while a thread runs it. Uses are
 * therefore counted: a thread acquires a {@link Use} to score and releases it afterwards. The model
 * is closed when it is retired and its last use is released. Thread-safe.
 */
public final class ServedModel {
  private final Scorer scorer;
  private final ModelMetadata metadata;
  private final ExecutionProvider provider;
  private final DynamicBatcher batcher;
  private int uses;
  private boolean retired;

  /**
   * @param scorer owned; closed when the model is retired and its last use is released
   * @param maxQueueDelay longest time that a clip waits for others to join its batch
   */
  public ServedModel(
      Scorer scorer,
      ModelMetadata metadata,
      ExecutionProvider provider,
      Duration maxQueueDelay,
      BatchMeters meters) {
    this.scorer = scorer;
    this.metadata = metadata;
    this.provider = provider;
    this.batcher = new DynamicBatcher(scorer, maxQueueDelay, meters);
  }

  public ModelMetadata metadata() {
    return metadata;
  }

  public ExecutionProvider provider() {
    return provider;
  }

  /** Keeps the model loaded until this use is released. Closed by the thread that acquired it. */
  public final class Use implements AutoCloseable {
    private boolean released;

    private Use() {}

    public ModelMetadata metadata() {
      return metadata;
    }

    public ExecutionProvider provider() {
      return provider;
    }

    /** Scores a clip as {@link DynamicBatcher#enqueueAndAwait} does. */
    public ModelOutput infer(ClipInput clip) throws ModelException, InterruptedException {
      return batcher.enqueueAndAwait(clip);
    }

    /** Releases the use; idempotent. */
    @Override
    public void close() {
      if (!released) {
        released = true;
        release();
      }
    }
  }

  /** Acquires the model; the caller releases it. {@link Models} never acquires a retired model. */
  synchronized Use acquire() {
    if (retired) {
      throw new IllegalStateException("The model is retired.");
    }
    uses++;
    return new Use();
  }

  private synchronized void release() {
    uses--;
    closeIfUnused();
  }

  /**
   * Retires the model: it cannot be acquired any more, and is closed when its last use is released.
   */
  synchronized void retire() {
    retired = true;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (retired && uses == 0) {
      scorer.close();
    }
  }
}
