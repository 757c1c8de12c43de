package dev.reprise.inference;

import dev.reprise.contract.Topics;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.ModelRepository;
import dev.reprise.inference.model.OnnxModel;
import dev.reprise.inference.topology.InferenceTopology;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DataDirectory;
import dev.reprise.runtime.Endpoints;
import dev.reprise.runtime.StreamsProperties;
import dev.reprise.runtime.StreamsService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/** The running inference service. Thread-safe. */
public final class InferenceService implements AutoCloseable {
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration MAX_POLL_INTERVAL = Duration.ofMinutes(5);

  private final DataDirectory dataDirectory;
  private final OnnxModel model;
  private final StreamsService streams;
  private final Endpoints endpoints;

  private InferenceService(
      DataDirectory dataDirectory, OnnxModel model, StreamsService streams, Endpoints endpoints) {
    this.dataDirectory = dataDirectory;
    this.model = model;
    this.streams = streams;
    this.endpoints = endpoints;
  }

  /**
   * Loads and warms the model, starts to score, and returns at once; {@link #notReadyBecause} tells
   * when work is being done.
   *
   * @throws ConfigurationException with every fault found
   */
  public static InferenceService start(InferenceConfig config) throws ConfigurationException {
    List<String> faults = config.faults();
    if (!faults.isEmpty()) {
      throw new ConfigurationException(faults);
    }
    Topics topics = config.kafka().topics();
    try (ClusterCheck cluster = ClusterCheck.connect(config.kafka())) {
      cluster.requireTopics(
          List.of(
              topics.mfcc(), topics.clipPredictions(), topics.predictions(), topics.deadLetters()));
    }
    DataDirectory dataDirectory = DataDirectory.open(config.dataDirectory());
    try {
      return start(config, dataDirectory, load(config));
    } catch (ConfigurationException | RuntimeException e) {
      dataDirectory.close();
      throw e;
    }
  }

  private static OnnxModel load(InferenceConfig config) throws ConfigurationException {
    try {
      return OnnxModel.load(
          new ModelRepository(config.modelRepository()).find(config.model()),
          config.executionProvider(),
          config.threads());
    } catch (ModelException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()));
    }
  }

  private static InferenceService start(
      InferenceConfig config, DataDirectory dataDirectory, OnnxModel model)
      throws ConfigurationException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    describe(model, registry);
    StreamsService streams =
        StreamsService.start(
            InferenceTopology.create(
                config.kafka().topics(),
                model,
                model.metadata(),
                model.provider(),
                config.maxQueueDelay(),
                registry),
            streamsProperties(config),
            config.kafka(),
            registry);
    try {
      Endpoints endpoints =
          Endpoints.start(
              config.httpHost(),
              config.httpPort(),
              registry,
              streams::notLiveBecause,
              streams::notReadyBecause);
      return new InferenceService(dataDirectory, model, streams, endpoints);
    } catch (ConfigurationException e) {
      streams.close();
      model.close();
      throw e;
    }
  }

  private static void describe(OnnxModel model, PrometheusMeterRegistry registry) {
    ModelMetadata metadata = model.metadata();
    Gauge.builder("reprise.model.info", () -> 1)
        .description("The model that serves; always 1")
        .tag("model", metadata.name())
        .tag("version", metadata.version())
        .tag("sha256", metadata.sha256())
        .tag("provider", model.provider().label())
        .register(registry);
  }

  private static Properties streamsProperties(InferenceConfig config) {
    return StreamsProperties.exactlyOnce(
        config.kafka(),
        config.applicationId(),
        config.threads(),
        config.dataDirectory().resolve("streams"),
        TRANSACTION_TIMEOUT,
        MAX_POLL_INTERVAL,
        Topics.MAX_EVENT_BYTES);
  }

  /** The port of metrics and health. */
  public int httpPort() {
    return endpoints.port();
  }

  /** What serves. */
  public ModelMetadata model() {
    return model.metadata();
  }

  /** Empty while clips are being scored, else one sentence that says why not. */
  public String notReadyBecause() {
    return streams.notReadyBecause();
  }

  /**
   * Waits until the service has stopped.
   *
   * @return whether it was closed, rather than stopped by failures
   */
  public boolean awaitStop() throws InterruptedException {
    return streams.awaitStop();
  }

  @Override
  public void close() {
    endpoints.close();
    streams.close();
    // A thread that is still scoring would crash the process on a freed session; better leave it to
    // the exit.
    if (streams.isStopped()) {
      model.close();
    }
    dataDirectory.close();
  }
}
