package dev.reprise.cli.run;

import dev.reprise.api.v1.Live;
import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.cli.command.ShutdownCloser;
import dev.reprise.cli.topics.TopicAdmin;
import dev.reprise.contract.Topics;
import dev.reprise.extractor.ExtractorConfig;
import dev.reprise.extractor.ExtractorService;
import dev.reprise.extractor.pool.DecoderPool;
import dev.reprise.inference.InferenceConfig;
import dev.reprise.inference.InferenceService;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.Health;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the broker, the extractor and the inference service in this process, instead of in one each.
 * Each started part is added to a {@link ShutdownCloser}. Thread-safe.
 */
public final class Pipeline {
  private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

  /** The user of a broker that requires a password. */
  static final String KAFKA_USER = "reprise";

  private final KafkaSettings kafka;
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> firstFailure = new CompletableFuture<>();
  private volatile @Nullable ExtractorService extractor;
  private volatile @Nullable InferenceService inference;

  private Pipeline(KafkaSettings kafka) {
    this.kafka = kafka;
  }

  public static Pipeline start(RunConfig config, ShutdownCloser closer)
      throws ConfigurationException, IOException, InterruptedException {
    Path data =
        config.dataDirectory().isPresent()
            ? config.dataDirectory().get().toAbsolutePath()
            : closer.add(TemporaryFolder.create()).path();
    preloadOnnxRuntime();
    // The decoders load FFmpeg while the broker starts. The extractor takes them over, and closes
    // them too.
    DecoderPool decoders =
        closer.add(ExtractorService.startDecoders(config.decoder(), config.decoders()));
    EmbeddedBroker broker = closer.add(startBroker(config, data));
    log.info("Broker started at {}", broker.bootstrapServers());
    Pipeline pipeline = new Pipeline(new KafkaSettings(broker.clientSettings(), Topics.defaults()));
    pipeline.createTopics(config.threads());
    ParallelStart.run(
        List.of(
            () -> pipeline.startExtractor(config, data, decoders, closer),
            () -> pipeline.startInference(config, data, closer)));
    log.info("Services started");
    return pipeline;
  }

  /** Loads ONNX Runtime while the broker starts. */
  private static void preloadOnnxRuntime() {
    Thread preloading = new Thread(ExecutionProvider::cudaAvailability, "preloading");
    preloading.setDaemon(true);
    // A library that does not load is reported by the service that needs it.
    preloading.setUncaughtExceptionHandler(
        (thread, failure) -> log.debug("A native library did not load", failure));
    preloading.start();
  }

  public KafkaSettings kafka() {
    return kafka;
  }

  /** Returns whether all services run; down once one has failed. */
  public Health liveness() {
    return failures.isEmpty() ? Health.UP : Health.down(String.join(" ", failures));
  }

  /** Waits until a service has failed, and returns a sentence that names it. */
  public String awaitFailure() throws InterruptedException {
    try {
      return firstFailure.get();
    } catch (ExecutionException e) {
      throw new AssertionError("Only completed with a value.", e);
    }
  }

  /** Returns the services' live totals; empty until both are started. */
  public Optional<Live> live() {
    ExtractorService extracting = extractor;
    InferenceService inferring = inference;
    return extracting == null || inferring == null
        ? Optional.empty()
        : Optional.of(LiveTotals.of(kafka.topics(), extracting.meters(), inferring.meters()));
  }

  /** Returns the port of the extractor's metrics. */
  public int extractorHttpPort() {
    return Objects.requireNonNull(extractor).httpPort();
  }

  /** Returns the port of the inference service's metrics. */
  public int inferenceHttpPort() {
    return Objects.requireNonNull(inference).httpPort();
  }

  /** Returns the spool of uploads in a data directory. */
  static SpoolConfig spool(Path data) {
    return new SpoolConfig(
        new SpoolLocation.Folder(data.toAbsolutePath().resolve("spool")), S3Store.aws());
  }

  private static EmbeddedBroker startBroker(RunConfig config, Path data) throws IOException {
    EmbeddedBroker.Builder builder =
        EmbeddedBroker.builder().port(config.brokerPort()).dataDirectory(data.resolve("broker"));
    config.brokerPassword().ifPresent(password -> builder.credentials(KAFKA_USER, password));
    return builder.start();
  }

  private void createTopics(int threads) throws ConfigurationException, InterruptedException {
    try (ClusterCheck cluster = ClusterCheck.connect(kafka)) {
      TopicAdmin topics = new TopicAdmin(kafka, cluster.admin());
      topics.create(kafka.topics().specs(), threads, Optional.of((short) 1));
      // For the topics in the data directory of an earlier version.
      topics.retainByAppendTime(kafka.topics().specs());
    }
  }

  private void startExtractor(
      RunConfig config, Path data, DecoderPool decoders, ShutdownCloser closer)
      throws ConfigurationException {
    ExtractorService service =
        closer.add(
            ExtractorService.start(
                new ExtractorConfig(
                    kafka,
                    "reprise-extractor",
                    config.threads(),
                    data.resolve("extractor"),
                    config.sources(),
                    config.objectTrackIds(),
                    config.decoder(),
                    Optional.of(spool(data)),
                    config.spoolRetention(),
                    EndpointsConfig.local()),
                decoders));
    extractor = service;
    watch("extractor", service::awaitStop);
  }

  private void startInference(RunConfig config, Path data, ShutdownCloser closer)
      throws ConfigurationException {
    InferenceService service =
        closer.add(
            InferenceService.start(
                new InferenceConfig(
                    kafka,
                    "reprise-inference",
                    config.threads(),
                    data.resolve("inference"),
                    config.modelRepository(),
                    config.model(),
                    Optional.empty(),
                    InferenceConfig.DEFAULT_MODEL_RELOAD_INTERVAL,
                    config.executionProvider(),
                    config.evaluation(),
                    EndpointsConfig.local())));
    inference = service;
    watch("inference", service::awaitStop);
  }

  /** A service that may stop on its own. */
  public interface Service {
    /** Waits until the service has stopped, and returns whether it was closed. */
    boolean awaitStop() throws InterruptedException;
  }

  /** Watches a service, and records a failure if it stops on its own. */
  public void watch(String name, Service service) {
    Thread watcher =
        new Thread(
            () -> {
              try {
                if (!service.awaitStop()) {
                  String failure = "The " + name + " service has stopped; --verbose shows why.";
                  failures.add(failure);
                  firstFailure.complete(failure);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name + "-watcher");
    watcher.setDaemon(true);
    watcher.start();
  }
}
