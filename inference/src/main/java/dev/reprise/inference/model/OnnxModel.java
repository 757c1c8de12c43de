package dev.reprise.inference.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.reprise.contract.MfccContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model.
 *
 * <p>The shapes are fixed: batches are padded to the next power of two, each size has its own
 * native buffers, and each has run once before {@link #load} returns, so that no clip pays for an
 * allocation or a choice of algorithm.
 *
 * <p>Not thread-safe; {@link dev.reprise.inference.batch.DynamicBatcher} serialises the calls.
 */
public final class OnnxModel implements Scorer, AutoCloseable {
  private final ModelMetadata metadata;
  private final ExecutionProvider provider;
  private final OrtSession session;
  private final List<FixedBatch> batches;
  private boolean closed;

  private OnnxModel(
      ModelMetadata metadata,
      ExecutionProvider provider,
      OrtSession session,
      List<FixedBatch> batches) {
    this.metadata = metadata;
    this.provider = provider;
    this.session = session;
    this.batches = batches;
  }

  /**
   * Loads a model, checks its contract against this build's, and warms it up.
   *
   * @param requestedProvider {@code auto}, {@code cpu} or {@code cuda}
   * @param maxBatchSize largest batch; rounded up to a power of two
   */
  public static OnnxModel load(Path file, String requestedProvider, int maxBatchSize)
      throws ModelException {
    ExecutionProvider provider = ExecutionProvider.choose(requestedProvider);
    OrtSession session = null;
    try (SessionOptions options = new SessionOptions()) {
      provider.addTo(options);
      session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
      ModelMetadata metadata =
          ModelMetadata.parse(session.getMetadata().getCustomMetadata(), sha256(file));
      requireContract(metadata);
      OnnxModel model = new OnnxModel(metadata, provider, session, FixedBatch.upTo(maxBatchSize));
      model.warmUp();
      return model;
    } catch (OrtException | IOException | ModelException | LinkageError e) {
      close(session);
      throw new ModelException("Model " + file + " cannot be loaded: " + e.getMessage() + ".", e);
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
              + "), this build computes "
              + contract.name()
              + " ("
              + contract.sha256()
              + ")");
    }
  }

  private void warmUp() throws ModelException {
    for (FixedBatch batch : batches) {
      batch.run(session, List.of());
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
    return batches.get(batches.size() - 1).size();
  }

  @Override
  public List<Scores> score(List<ClipInput> clips) throws ModelException {
    for (FixedBatch batch : batches) {
      if (clips.size() <= batch.size()) {
        return batch.run(session, clips);
      }
    }
    throw new IllegalArgumentException(
        "A batch of " + clips.size() + " is larger than " + maxBatchSize() + ".");
  }

  private static String sha256(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has SHA-256.", e);
    }
  }

  /** Frees the native memory; idempotent. */
  @Override
  public void close() {
    // A second OrtSession.close() throws.
    if (!closed) {
      closed = true;
      batches.forEach(FixedBatch::close);
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
