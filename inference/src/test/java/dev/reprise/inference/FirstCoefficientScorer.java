package dev.reprise.inference;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Role;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.model.Scorer;
import dev.reprise.inference.serving.BatchMeters;
import dev.reprise.inference.serving.ServedModel;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A scorer with predictable results: it returns each clip's first coefficient c as every feature,
 * and c, 1 - c and 1.4e-6 as embedding. Special values of c make it fail.
 */
final class FirstCoefficientScorer implements Scorer {
  static final float POISON = -1;
  static final float BUG = -2;
  static final float NOT_A_NUMBER = -3;
  static final float NO_CONFIDENCE = -4;
  static final float NO_EMBEDDING = -5;

  private final String name;
  private final List<String> calls;
  private final boolean tolerant;

  private FirstCoefficientScorer(String name, List<String> calls, boolean tolerant) {
    this.name = name;
    this.calls = calls;
    this.tolerant = tolerant;
  }

  /**
   * Creates a model of a role.
   *
   * @param calls receives the model's digest for each batch
   */
  static ServedModel model(
      String version, String sha256, Role role, List<String> calls, MeterRegistry registry) {
    return model(version, new FirstCoefficientScorer(sha256, calls, false), role, registry);
  }

  /** Creates a serving model that scores even the values of c that fail or give NaN features. */
  static ServedModel tolerantModel(
      String version, String sha256, List<String> calls, MeterRegistry registry) {
    return model(version, new FirstCoefficientScorer(sha256, calls, true), Role.SERVING, registry);
  }

  private static ServedModel model(
      String version, FirstCoefficientScorer scorer, Role role, MeterRegistry registry) {
    MfccContract contract = MfccContract.current();
    ModelMetadata metadata =
        new ModelMetadata(
            "cnn",
            version,
            scorer.name,
            contract.name(),
            contract.sha256(),
            List.of("Folk", "Rock"),
            List.of(0.5, 0.5, 0.57, 0.5, 0.0, 0.4, -0.1, 0.3),
            List.of(0.5, 0.5, 0.5, 0.5, 0.2, 0.1, 120.0, 0.4),
            ModelReference.getDefaultInstance());
    return new ServedModel(
        scorer, metadata, ExecutionProvider.CPU, new BatchMeters(registry, role));
  }

  @Override
  public int maxBatchSize() {
    return 4;
  }

  @Override
  public List<ModelOutput> score(List<ClipInput> clips) throws ModelException {
    calls.add(name);
    List<ModelOutput> outputs = new ArrayList<>();
    for (ClipInput clip : clips) {
      outputs.add(
          outputOf(
              clip.coefficients()
                  .asReadOnlyByteBuffer()
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .getFloat()));
    }
    return outputs;
  }

  private ModelOutput outputOf(float first) throws ModelException {
    if (!tolerant && first == POISON) {
      throw new ModelException("poisoned");
    }
    if (!tolerant && first == BUG) {
      throw new IllegalStateException("a bug");
    }
    float[] features = new float[8];
    Arrays.fill(features, !tolerant && first == NOT_A_NUMBER ? Float.NaN : first);
    float[] uncertainty = new float[8];
    Arrays.fill(uncertainty, 0.125f);
    float confidence = first == NO_CONFIDENCE ? -0.5f : 0.5f;
    float[] embedding = {first, 1 - first, first == NO_EMBEDDING ? Float.NaN : 1.4e-6f};
    return new ModelOutput(
        features, uncertainty, 60, confidence, new float[] {0.25f, 0.75f}, embedding);
  }

  @Override
  public void close() {
    calls.add(name + " closed");
  }
}
