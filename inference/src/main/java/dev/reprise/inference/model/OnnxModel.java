package dev.reprise.inference.model;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import dev.reprise.contract.MfccContract;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model.
 *
 * <p>The shapes are fixed: batches are padded to the next power of two, and each size has run once
 * before {@link #load} returns, so that no clip waits for the choice of an algorithm. A clip alone
 * is padded too, since ONNX Runtime multiplies a single row in another order of sums: thus a clip's
 * scores do not depend on its batch, on one kind of processor.
 *
 * <p>Thread-safe: each thread that scores borrows a {@link BatchRunner}, and ONNX Runtime's
 * sessions may run on several threads.
 */
public final class OnnxModel implements Scorer {
  /**
   * The most dimensions that Lucene's HNSW graphs index, with which the API searches embeddings.
   */
  private static final int MAX_EMBEDDING = 1_024;

  private static final int MIN_BATCH = 2;

  private final ModelMetadata metadata;
  private final ExecutionProvider provider;
  private final OrtSession session;
  private final int genres;
  private final int embedding;

  /** Idle runners, by size. */
  private final NavigableMap<Integer, Queue<BatchRunner>> runners = new TreeMap<>();

  private boolean closed;

  private OnnxModel(
      ModelMetadata metadata,
      ExecutionProvider provider,
      OrtSession session,
      int embedding,
      int maxBatchSize) {
    this.metadata = metadata;
    this.provider = provider;
    this.session = session;
    this.genres = metadata.genres().size();
    this.embedding = embedding;
    for (int size = MIN_BATCH; size < 2 * maxBatchSize || size == MIN_BATCH; size *= 2) {
      runners.put(size, new ConcurrentLinkedQueue<>());
    }
  }

  /**
   * Loads a model, checks that its MFCC contract is this build's and that it has every output that
   * predictions need, and warms it up.
   *
   * @param maxBatchSize largest batch; rounded up to a power of two, at least 2
   */
  public static OnnxModel load(ModelFile file, ExecutionProvider provider, int maxBatchSize)
      throws ModelException {
    OrtSession session = null;
    OnnxModel model = null;
    try (SessionOptions options = new SessionOptions()) {
      provider.addTo(options);
      session = OrtEnvironment.getEnvironment().createSession(file.bytes(), options);
      ModelMetadata metadata =
          ModelMetadata.parse(session.getMetadata().getCustomMetadata(), file.sha256());
      requireContract(metadata);
      requireOutputs(session.getOutputNames());
      model = new OnnxModel(metadata, provider, session, embeddingColumns(session), maxBatchSize);
      model.warmUp();
      return model;
    } catch (OrtException | ModelException | LinkageError e) {
      if (model != null) {
        model.close();
      } else {
        close(session);
      }
      throw new ModelException(
          "Model " + file.path() + " cannot be loaded: " + e.getMessage() + ".", e);
    }
  }

  private static void requireContract(ModelMetadata metadata) throws ModelException {
    MfccContract contract = MfccContract.current();
    if (!metadata.contract().equals(contract.name())
        || !metadata.contractSha256().equals(contract.sha256())) {
      throw new ModelException(
          "it was trained under the MFCC contract "
              + metadata.contract()
              + " ("
              + metadata.contractSha256()
              + "); this build computes "
              + contract.name()
              + " ("
              + contract.sha256()
              + ")");
    }
  }

  private static void requireOutputs(Set<String> actual) throws ModelException {
    List<String> missing = new ArrayList<>(BatchRunner.OUTPUTS);
    missing.removeAll(actual);
    if (!missing.isEmpty()) {
      throw new ModelException(
          "it lacks the output "
              + String.join(", ", missing)
              + "; train it again with this version's reprise-train");
    }
  }

  /** Returns the E of the output {@code embedding}, [batch, E], which only the graph states. */
  private static int embeddingColumns(OrtSession session) throws OrtException, ModelException {
    NodeInfo embedding = session.getOutputInfo().get("embedding");
    if (embedding != null && embedding.getInfo() instanceof TensorInfo tensor) {
      long[] shape = tensor.getShape();
      if (shape.length == 2 && shape[1] >= 1 && shape[1] <= MAX_EMBEDDING) {
        return (int) shape[1];
      }
    }
    throw new ModelException(
        "its output embedding is %s, not float32 of shape [batch, 1 to %d]"
            .formatted(embedding, MAX_EMBEDDING));
  }

  private void warmUp() throws ModelException {
    for (int size : runners.keySet()) {
      run(size, List.of());
    }
  }

  public ModelMetadata metadata() {
    return metadata;
  }

  public ExecutionProvider provider() {
    return provider;
  }

  @Override
  public int maxBatchSize() {
    return runners.lastKey();
  }

  @Override
  public List<ModelOutput> score(List<ClipInput> clips) throws ModelException {
    Integer size = runners.ceilingKey(clips.size());
    if (size == null) {
      throw new IllegalArgumentException(
          "A batch of " + clips.size() + " is larger than " + maxBatchSize() + ".");
    }
    return run(size, clips);
  }

  private List<ModelOutput> run(int size, List<ClipInput> clips) throws ModelException {
    Queue<BatchRunner> idle = Objects.requireNonNull(runners.get(size));
    BatchRunner runner = idle.poll();
    try {
      if (runner == null) {
        runner = new BatchRunner(size, genres, embedding);
      }
    } catch (OrtException e) {
      throw new ModelException("ONNX Runtime failed: " + e.getMessage(), e);
    }
    try {
      return runner.run(session, clips);
    } finally {
      idle.add(runner);
    }
  }

  @Override
  public void close() {
    // A second OrtSession.close() throws.
    if (!closed) {
      closed = true;
      runners.values().forEach(idle -> idle.forEach(BatchRunner::close));
      close(session);
    }
  }

  private static void close(@Nullable OrtSession session) {
    try {
      if (session != null) {
        session.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot close a session.", e);
    }
  }
}
