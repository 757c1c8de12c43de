package dev.reprise.inference;

import dev.reprise.contract.Role;
import dev.reprise.contract.Topics;
import dev.reprise.evaluation.EvaluationTopology;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.ModelRepository;
import dev.reprise.inference.model.OnnxModel;
import dev.reprise.inference.scoring.ScoringPath;
import dev.reprise.inference.serving.BatchMeters;
import dev.reprise.inference.serving.ModelLoader;
import dev.reprise.inference.serving.ModelReloader;
import dev.reprise.inference.serving.Models;
import dev.reprise.inference.serving.ReferencePublisher;
import dev.reprise.inference.serving.ServedModel;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DataDirectory;
import dev.reprise.runtime.Endpoints;
import dev.reprise.runtime.Health;
import dev.reprise.runtime.Permission;
import dev.reprise.runtime.Permissions;
import dev.reprise.runtime.StreamListener;
import dev.reprise.runtime.StreamsApplication;
import dev.reprise.runtime.StreamsProperties;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;

/** The running inference service. Thread-safe. */
public final class InferenceService implements AutoCloseable {
  private static final Duration MAX_POLL_INTERVAL = Duration.ofMinutes(5);

  /** Records of a poll: the first waits until the clips of all are scored. */
  private static final String MAX_POLLED = "64";

  /** One is enough: updating sums is cheap, and instances share the partitions. */
  private static final int EVALUATION_THREADS = 1;

  private final InferenceConfig config;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final DataDirectory dataDirectory;
  private final Endpoints endpoints;
  private final Map<Role, ModelReloader> reloaders = new EnumMap<>(Role.class);
  private final ScheduledExecutorService reloadScheduler =
      Executors.newSingleThreadScheduledExecutor(InferenceService::newReloaderThread);

  /** Scoring, and the evaluation if it is enabled; empty until the models are warmed up. */
  private final List<StreamsApplication> applications = new CopyOnWriteArrayList<>();

  private volatile @Nullable ReferencePublisher references;

  private InferenceService(InferenceConfig config, DataDirectory dataDirectory)
      throws ConfigurationException {
    this.config = config;
    this.dataDirectory = dataDirectory;
    Gauge.builder("reprise.inference.threads", config, InferenceConfig::threads)
        .description("Stream threads, each of which runs a batch at a time")
        .register(registry);
    this.endpoints = Endpoints.start(config.endpoints(), registry, this::liveness, this::readiness);
  }

  /**
   * Loads and warms up the models, starts scoring, and returns; {@link #readiness} states when
   * clips are being scored. Metrics and health checks are served from the beginning.
   *
   * @throws ConfigurationException listing every error found
   */
  public static InferenceService start(InferenceConfig config) throws ConfigurationException {
    List<String> errors = config.errors();
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    try (ClusterCheck cluster = ClusterCheck.connect(config.kafka())) {
      cluster.require(permissions(config));
    }
    DataDirectory dataDirectory = DataDirectory.open(config.dataDirectory());
    InferenceService service;
    try {
      service = new InferenceService(config, dataDirectory);
    } catch (ConfigurationException e) {
      dataDirectory.close();
      throw e;
    }
    try {
      service.run();
      return service;
    } catch (ConfigurationException | RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private static List<Permission> permissions(InferenceConfig config) {
    Topics topics = config.kafka().topics();
    boolean shadow = config.shadowModel().isPresent();
    return config.evaluation().isPresent()
        ? Permissions.inference(topics, config.applicationId(), shadow)
        : Permissions.scoring(topics, config.applicationId(), shadow);
  }

  private static Thread newReloaderThread(Runnable task) {
    Thread thread = new Thread(task, "model-reloader");
    thread.setDaemon(true);
    return thread;
  }

  private void run() throws ConfigurationException {
    loadModels();
    Topics topics = config.kafka().topics();
    boolean shadow = config.shadowModel().isPresent();
    ScoringPath serving = ScoringPath.serving(models(Role.SERVING).orElseThrow(), registry);
    Optional<ScoringPath> shadowing =
        models(Role.SHADOW).map(models -> ScoringPath.shadow(models, registry));
    start(
        InferenceTopology.create(topics, serving, shadowing),
        config.applicationId(),
        config.threads(),
        "streams",
        Permissions.scoring(topics, config.applicationId(), shadow),
        new StreamListener() {
          @Override
          public void polled(
              ConsumerRecords<byte[], byte[]> records, Set<TopicPartition> assigned) {
            serving.polled(records, assigned);
            shadowing.ifPresent(path -> path.polled(records, assigned));
          }
        });
    if (config.evaluation().isPresent()) {
      references = new ReferencePublisher(config.kafka());
      publishReferences();
      String evaluationId = Permissions.evaluationApplicationId(config.applicationId());
      // A separate application, so that no clip waits for the evaluation; see decision 22.
      start(
          EvaluationTopology.create(topics, config.evaluation().get(), shadow, registry),
          evaluationId,
          EVALUATION_THREADS,
          "evaluation",
          Permissions.evaluation(topics, config.applicationId(), shadow),
          StreamListener.NONE);
    }
    long intervalMillis = config.modelReloadInterval().toMillis();
    reloadScheduler.scheduleWithFixedDelay(
        this::pollRepository, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
  }

  private void start(
      Topology topology,
      String applicationId,
      int threads,
      String folder,
      List<Permission> permissions,
      StreamListener listener) {
    Properties properties =
        StreamsProperties.exactlyOnce(
            config.kafka(),
            applicationId,
            threads,
            config.dataDirectory().resolve(folder),
            MAX_POLL_INTERVAL,
            Topics.MAX_EVENT_BYTES);
    if (listener != StreamListener.NONE) {
      properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLLED);
    }
    applications.add(
        StreamsApplication.start(
            topology, properties, config.kafka(), permissions, listener, registry));
  }

  private void pollRepository() {
    reloaders.values().forEach(ModelReloader::poll);
    publishReferences();
  }

  private void publishReferences() {
    ReferencePublisher publisher = references;
    if (publisher != null) {
      for (ModelReloader reloader : reloaders.values()) {
        publisher.publish(reloader.models().current().metadata().reference());
      }
    }
  }

  private void loadModels() throws ConfigurationException {
    try {
      // Chosen once: a model that is loaded later must not silently run on a different provider.
      ExecutionProvider provider = ExecutionProvider.choose(config.executionProvider());
      load(Role.SERVING, config.model(), provider);
      if (config.shadowModel().isPresent()) {
        load(Role.SHADOW, config.shadowModel().get(), provider);
      }
    } catch (ModelException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()));
    }
  }

  private void load(Role role, String reference, ExecutionProvider provider) throws ModelException {
    BatchMeters meters = new BatchMeters(registry, role);
    ModelLoader loader =
        file -> {
          OnnxModel model = OnnxModel.load(file, provider, provider.maxBatchSize());
          return new ServedModel(model, model.metadata(), model.provider(), meters);
        };
    ModelRepository repository = new ModelRepository(config.modelRepository());
    reloaders.put(role, ModelReloader.start(repository, reference, role, loader, registry));
  }

  private Optional<Models> models(Role role) {
    return Optional.ofNullable(reloaders.get(role)).map(ModelReloader::models);
  }

  /** Returns the port of metrics and health checks. */
  public int httpPort() {
    return endpoints.port();
  }

  /** Returns the registry that {@code /metrics} exports, for callers in the same process. */
  public MeterRegistry meters() {
    return registry;
  }

  /** Returns the metadata of the serving model. */
  public ModelMetadata model() {
    return models(Role.SERVING).orElseThrow().current().metadata();
  }

  /** Returns whether clips are being scored. */
  public Health readiness() {
    return applications.isEmpty()
        ? Health.down("The model is being loaded and warmed up.")
        : Health.all(applications.stream().map(StreamsApplication::readiness));
  }

  private Health liveness() {
    return Health.all(applications.stream().map(StreamsApplication::liveness));
  }

  /**
   * Waits until the service, or one of its applications, has stopped.
   *
   * @return whether it was closed, rather than stopped by a failure
   */
  public boolean awaitStop() throws InterruptedException {
    return StreamsApplication.awaitStop(applications);
  }

  @Override
  public void close() {
    reloadScheduler.shutdown();
    endpoints.close();
    applications.forEach(StreamsApplication::close);
    ReferencePublisher publisher = references;
    if (publisher != null) {
      publisher.close();
    }
    // A thread that is still running would find its model closed, and reject valid clips.
    if (applications.stream().allMatch(StreamsApplication::isStopped)) {
      reloaders.values().forEach(reloader -> reloader.models().close());
    }
    dataDirectory.close();
  }
}
