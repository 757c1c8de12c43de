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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model.
 *
 * <p>The shapes are fixed: batches are padded to the next power of two, each size has its own
 * {@link BatchRunner}, and each has run once before {@link #load} returns, so that no clip waits
 * for an allocation or the choice of an algorithm.
 *
 * <p>Not thread-safe; {@link dev.reprise.inference.batch.DynamicBatcher} serialises the calls.
 */
public final class OnnxModel implements Scorer {
  /**
   * The most dimensions that Lucene's HNSW graphs index, with which the API searches embeddings.
   */
  private static final int MAX_EMBEDDING = 1_024;

  private final ModelMetadata metadata;
  private final ExecutionProvider provider;
  private final OrtSession session;
  private final List<BatchRunner> runners;
  private boolean closed;

  private OnnxModel(
      ModelMetadata metadata,
      ExecutionProvider provider,
      OrtSession session,
      List<BatchRunner> runners) {
    this.metadata = metadata;
    this.provider = provider;
    this.session = session;
    this.runners = runners;
  }

  /**
   * Loads a model, checks that its MFCC contract is this build's and that it has every output that
   * predictions need, and warms it up.
   *
   * @param maxBatchSize largest batch; rounded up to a power of two
   */
  public static OnnxModel load(ModelFile file, ExecutionProvider provider, int maxBatchSize)
      throws ModelException {
    OrtSession session = null;
    List<BatchRunner> runners = List.of();
    try (SessionOptions options = new SessionOptions()) {
      provider.addTo(options);
      session = OrtEnvironment.getEnvironment().createSession(file.bytes(), options);
      ModelMetadata metadata =
          ModelMetadata.parse(session.getMetadata().getCustomMetadata(), file.sha256());
      requireContract(metadata);
      requireOutputs(session.getOutputNames());
      runners = BatchRunner.upTo(maxBatchSize, metadata.genres().size(), embeddingColumns(session));
      OnnxModel model = new OnnxModel(metadata, provider, session, runners);
      model.warmUp();
      return model;
    } catch (OrtException | ModelException | LinkageError e) {
      runners.forEach(BatchRunner::close);
      close(session);
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
    for (BatchRunner runner : runners) {
      runner.run(session, List.of());
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
    return runners.get(runners.size() - 1).size();
  }

  @Override
  public List<ModelOutput> score(List<ClipInput> clips) throws ModelException {
    for (BatchRunner runner : runners) {
      if (clips.size() <= runner.size()) {
        return runner.run(session, clips);
      }
    }
    throw new IllegalArgumentException(
        "A batch of " + clips.size() + " is larger than " + maxBatchSize() + ".");
  }

  @Override
  public void close() {
    // A second OrtSession.close() throws.
    if (!closed) {
      closed = true;
      runners.forEach(BatchRunner::close);
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
