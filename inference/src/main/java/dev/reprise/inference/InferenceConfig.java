package dev.reprise.inference;

import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.runtime.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * @param applicationId Kafka Streams' application id, which is also the consumer group
 * @param threads stream threads, which is also the largest batch
 * @param dataDirectory Kafka Streams' state; one per instance
 * @param modelRepository folder of {@code <name>/<version>/model.onnx}
 * @param model {@code NAME@VERSION}, or {@code NAME} for the newest version
 * @param shadowModel the same of a model that scores beside it, for comparison
 * @param modelReloadInterval time between two looks into the repository
 * @param executionProvider {@code auto}, {@code cpu} or {@code cuda}
 * @param maxQueueDelay longest time to hold a clip back for others to join its batch
 * @param evaluation of predictions against truth and reference, if there is to be one
 * @param httpPort metrics and health; 0 for any free port
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
    Duration maxQueueDelay,
    Optional<WindowConfig> evaluation,
    String httpHost,
    int httpPort) {

  public static final Duration DEFAULT_MODEL_RELOAD_INTERVAL = Duration.ofSeconds(10);
  public static final Duration DEFAULT_MAX_QUEUE_DELAY = Duration.ofMillis(5);

  /** What is wrong, one sentence each. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    if (threads < 1) {
      faults.add("--threads is " + threads + "; it must be at least 1.");
    }
    if (maxQueueDelay.isNegative()) {
      faults.add("--max-queue-delay is negative.");
    }
    if (modelReloadInterval.isNegative() || modelReloadInterval.isZero()) {
      faults.add("--model-reload-interval must be longer than nothing.");
    }
    evaluation.ifPresent(it -> faults.addAll(it.faults()));
    return faults;
  }
}
