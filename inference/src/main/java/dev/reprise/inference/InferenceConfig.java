package dev.reprise.inference;

import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of the inference service.
 *
 * @param applicationId Kafka Streams' application id, which is also the consumer group
 * @param threads number of stream threads
 * @param dataDirectory folder of Kafka Streams' state; one per instance
 * @param modelRepository folder of {@code <name>/<version>/model.onnx}
 * @param model {@code NAME@VERSION}, or {@code NAME} for the newest version
 * @param shadowModel a model that scores the same clips for comparison, in the same form
 * @param modelReloadInterval time between two polls of the repository
 * @param executionProvider {@code auto}, {@code cpu} or {@code cuda}
 * @param evaluation windows of the evaluation of predictions; empty if it is disabled
 * @param endpoints metrics and health
 */
public record InferenceConfig(
    KafkaSettings kafka,
    String applicationId,
    int threads,
    Path dataDirectory,
    Path modelRepository,
    String model,
    Optional<String> shadowModel,
    Duration modelReloadInterval,
    String executionProvider,
    Optional<WindowConfig> evaluation,
    EndpointsConfig endpoints) {

  public static final Duration DEFAULT_MODEL_RELOAD_INTERVAL = Duration.ofSeconds(10);

  /** Returns the configuration errors, one sentence each. */
  List<String> errors() {
    List<String> errors = new ArrayList<>();
    if (threads < 1) {
      errors.add("--threads is " + threads + "; it must be at least 1.");
    }
    if (modelReloadInterval.isNegative() || modelReloadInterval.isZero()) {
      errors.add("--model-reload-interval must be positive.");
    }
    evaluation.ifPresent(it -> errors.addAll(it.errors()));
    return errors;
  }
}
