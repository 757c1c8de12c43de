package dev.reprise.inference.serving;

import dev.reprise.inference.batch.BatchMeters;
import dev.reprise.inference.batch.DynamicBatcher;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.Scorer;
import dev.reprise.inference.model.Scores;
import java.time.Duration;

/**
 * A loaded model with the batcher that its clips go through.
 *
 * <p>ONNX Runtime crashes the process where a session is freed while a thread runs it. So whoever
 * scores takes a {@link Use} first, and the model is freed by whoever comes last: by {@link
 * #retire}, or else by the last use to end after it. Thread-safe.
 */
public final class ServedModel {
  private final Scorer scorer;
  private final ModelMetadata metadata;
  private final ExecutionProvider provider;
  private final DynamicBatcher batcher;
  private int uses;
  private boolean retired;

  /**
   * @param scorer handed over; closed when the model is retired and out of use
   * @param maxQueueDelay longest time to hold a clip back for others to join its batch
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

  /** Keeps the model loaded until it is closed, by the thread that took it. */
  public final class Use implements AutoCloseable {
    private boolean ended;

    private Use() {}

    public ModelMetadata metadata() {
      return metadata;
    }

    public ExecutionProvider provider() {
      return provider;
    }

    /** As {@link DynamicBatcher#score}. */
    public Scores score(ClipInput clip) throws ModelException, InterruptedException {
      return batcher.score(clip);
    }

    @Override
    public void close() {
      if (!ended) {
        ended = true;
        end();
      }
    }
  }

  /** Not to be called once the model is retired: {@link Models} gives out none that is. */
  synchronized Use use() {
    if (retired) {
      throw new IllegalStateException("The model has been retired.");
    }
    uses++;
    return new Use();
  }

  private synchronized void end() {
    uses--;
    freeIfDone();
  }

  /** There will be no further uses; those that are may end in peace. */
  synchronized void retire() {
    retired = true;
    freeIfDone();
  }

  private void freeIfDone() {
    if (retired && uses == 0) {
      scorer.close();
    }
  }
}
