package dev.reprise.inference.serving;

import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.model.Scorer;
import java.util.ArrayList;
import java.util.List;

/**
 * A loaded model.
 *
 * <p>ONNX Runtime crashes the process if a session is closed while a thread runs it. Uses are
 * therefore counted: a thread acquires a {@link Use} to score and releases it afterwards. The model
 * is closed when it is retired and its last use is released. Thread-safe.
 */
public final class ServedModel {
  private final Scorer scorer;
  private final ModelMetadata metadata;
  private final ExecutionProvider provider;
  private final BatchMeters meters;
  private int uses;
  private boolean retired;

  /**
   * @param scorer owned; closed when the model is retired and its last use is released
   */
  public ServedModel(
      Scorer scorer, ModelMetadata metadata, ExecutionProvider provider, BatchMeters meters) {
    this.scorer = scorer;
    this.metadata = metadata;
    this.provider = provider;
    this.meters = meters;
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

    /**
     * Scores clips, in batches as large as the model takes.
     *
     * @return the outputs, in the order of the clips
     * @throws ModelException if the model fails on a batch; which clip caused it is unknown
     */
    public List<ModelOutput> infer(List<ClipInput> clips) throws ModelException {
      long queued = System.nanoTime();
      List<ModelOutput> outputs = new ArrayList<>(clips.size());
      for (int from = 0; from < clips.size(); from += scorer.maxBatchSize()) {
        int to = Math.min(from + scorer.maxBatchSize(), clips.size());
        long start = System.nanoTime();
        outputs.addAll(scorer.score(clips.subList(from, to)));
        meters.recordBatch(to - from, System.nanoTime() - start);
        meters.recordQueueTime(to - from, start - queued);
      }
      return outputs;
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
