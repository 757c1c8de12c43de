package dev.reprise.api;

import dev.reprise.api.audio.AudioBody;
import dev.reprise.api.audio.UploadBudget;
import dev.reprise.api.audio.Uploads;
import dev.reprise.api.catalogue.Catalogue;
import dev.reprise.api.catalogue.CatalogueMeters;
import dev.reprise.api.catalogue.CatalogueTopology;
import dev.reprise.api.catalogue.VectorTopology;
import dev.reprise.api.events.EventFeed;
import dev.reprise.api.events.EventsHandler;
import dev.reprise.api.server.ApiServer;
import dev.reprise.api.server.ServerConfig;
import dev.reprise.api.v1.Live;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DataDirectory;
import dev.reprise.runtime.Endpoints;
import dev.reprise.runtime.StreamsProperties;
import dev.reprise.runtime.StreamsService;
import dev.reprise.similarity.index.TrackIndex;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running API: two Kafka Streams applications, a feed and a server. Thread-safe. */
public final class ApiService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ApiService.class);
  private static final Duration MAX_POLL_INTERVAL = Duration.ofMinutes(5);

  private final ApiConfig config;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** What was started, the last first. */
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  private final List<StreamsService> applications = new CopyOnWriteArrayList<>();
  private volatile @Nullable StreamsService catalogue;
  private volatile @Nullable EventFeed feed;
  private volatile @Nullable EventsHandler events;
  private volatile @Nullable ApiServer server;
  private volatile boolean indexComplete;
  private volatile int httpPort;

  private ApiService(ApiConfig config) {
    this.config = config;
  }

  /**
   * Starts to answer, reads what is known of all tracks, and returns; {@link #notReadyBecause}
   * tells when tracks can be asked for.
   *
   * @param live what goes on in the same process, for the page; empty where nothing does
   * @throws ConfigurationException with every fault found
   */
  public static ApiService start(ApiConfig config, Supplier<Optional<Live>> live)
      throws ConfigurationException {
    List<String> faults = config.faults();
    if (!faults.isEmpty()) {
      throw new ConfigurationException(faults);
    }
    try (ClusterCheck cluster = ClusterCheck.connect(config.kafka())) {
      Topics topics = config.kafka().topics();
      cluster.requireTopics(
          List.of(
              topics.audioFiles(),
              topics.clipPredictions(),
              topics.predictions(),
              topics.truth(),
              topics.modelReferences(),
              topics.drift(),
              topics.deadLetters()));
    }
    ApiService service = new ApiService(config);
    try {
      service.run(live);
      return service;
    } catch (ConfigurationException | RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private void run(Supplier<Optional<Live>> live) throws ConfigurationException {
    add(DataDirectory.open(config.dataDirectory()));
    Endpoints endpoints =
        add(
            Endpoints.start(
                config.httpHost(),
                config.httpPort(),
                registry,
                this::notLiveBecause,
                this::notReadyBecause));
    httpPort = endpoints.port();
    TrackIndex index = add(TrackIndex.open(folder("embeddings")));
    EventFeed newFeed = add(EventFeed.start(config.kafka()));
    feed = newFeed;
    Uploads uploads = add(new Uploads(config.kafka(), config.uploadMemory()));
    UploadBudget budget = new UploadBudget(config.uploadMemory());
    ApiRoutes routes =
        new ApiRoutes(
            config.kafka().topics(),
            this::address,
            new Catalogue(() -> Optional.ofNullable(catalogue)),
            index,
            () -> indexComplete,
            newFeed,
            uploads,
            budget,
            live,
            config.version());
    EventsHandler newEvents = new EventsHandler(newFeed.events(), config.maxEventReaders());
    events = newEvents;
    server =
        ApiServer.start(
            new ServerConfig(
                config.apiHost(),
                config.advertised().map(HostInfo::host),
                config.apiPort(),
                config.bearerToken(),
                config.corsOrigins(),
                AudioBody.maxBytes()),
            routes.handlers(newEvents, config.maxEventReaders()),
            registry);
    measure(index, budget, newEvents);
    CatalogueMeters meters = new CatalogueMeters(registry);
    // Returns when the global stores have been read to their end.
    start(VectorTopology.create(config.kafka().topics(), index), "-vectors");
    catalogue = start(CatalogueTopology.create(config.kafka().topics(), meters), "");
    // Minutes where embeddings are new; what asks for single tracks needs none of them.
    index.restored();
    indexComplete = true;
  }

  private StreamsService start(Topology topology, String suffix) {
    Properties properties =
        StreamsProperties.exactlyOnce(
            config.kafka(),
            config.applicationId() + suffix,
            1,
            config.dataDirectory().resolve("streams"),
            MAX_POLL_INTERVAL,
            Topics.MAX_EVENT_BYTES);
    HostInfo address = address();
    properties.put(StreamsConfig.APPLICATION_SERVER_CONFIG, address.host() + ":" + address.port());
    StreamsService application =
        add(StreamsService.start(topology, properties, config.kafka(), registry));
    applications.add(application);
    return application;
  }

  private void measure(TrackIndex index, UploadBudget budget, EventsHandler events) {
    Gauge.builder("reprise.event.readers", events, EventsHandler::readers)
        .description("Readers of the event stream")
        .register(registry);
    Gauge.builder("reprise.catalogue.tracks", index, TrackIndex::predictedTracks)
        .description("Tracks that similar ones are searched among")
        .tag("known", "prediction")
        .register(registry);
    Gauge.builder("reprise.catalogue.tracks", index, TrackIndex::truthTracks)
        .description("Tracks that similar ones are searched among")
        .tag("known", "truth")
        .register(registry);
    Gauge.builder("reprise.upload.bytes", budget, UploadBudget::takenBytes)
        .description("Bytes of audio that are being taken in")
        .baseUnit("bytes")
        .register(registry);
  }

  private Path folder(String name) throws ConfigurationException {
    Path folder = config.dataDirectory().resolve(name);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new ConfigurationException("The folder " + folder + " cannot be made: " + e);
    }
  }

  private <T extends AutoCloseable> T add(T part) {
    started.push(part);
    return part;
  }

  /** How other instances reach this one. */
  private HostInfo address() {
    return config.advertised().orElseGet(() -> new HostInfo(config.apiHost(), apiPort()));
  }

  /** The port of the API and the page. */
  public int apiPort() {
    ApiServer current = server;
    return current == null ? config.apiPort() : current.port();
  }

  /** The port of metrics and health. */
  public int httpPort() {
    return httpPort;
  }

  /** Empty while tracks can be asked for, else one sentence that says why not. */
  public String notReadyBecause() {
    return indexComplete
        ? first(StreamsService::notReadyBecause)
        : "The index of tracks is being built.";
  }

  /** Waits until tracks can be asked for, or the time is up. */
  public void awaitReady(Duration timeout) throws InterruptedException {
    StreamsService current = catalogue;
    if (current != null) {
      current.awaitRunning(timeout);
    }
  }

  private String notLiveBecause() {
    EventFeed current = feed;
    String fault = current == null ? "" : current.notLiveBecause();
    return fault.isEmpty() ? first(StreamsService::notLiveBecause) : fault;
  }

  private String first(Function<StreamsService, String> fault) {
    return applications.stream().map(fault).filter(it -> !it.isEmpty()).findFirst().orElse("");
  }

  /**
   * Waits until the service has stopped, or a part of it.
   *
   * @return whether it was closed, rather than stopped by failures
   */
  public boolean awaitStop() throws InterruptedException {
    List<CompletableFuture<Boolean>> parts = new ArrayList<>();
    applications.forEach(application -> parts.add(application.stopped()));
    EventFeed current = feed;
    if (current != null) {
      parts.add(current.stopped());
    }
    try {
      return Boolean.TRUE.equals(
          CompletableFuture.anyOf(parts.toArray(CompletableFuture[]::new)).get());
    } catch (ExecutionException e) {
      throw new AssertionError("It is completed with a value only.", e);
    }
  }

  /** Stops the server first, so that no request meets a part that has been closed. */
  @Override
  public void close() {
    EventsHandler currentEvents = events;
    if (currentEvents != null) {
      close(currentEvents);
    }
    ApiServer current = server;
    if (current != null) {
      close(current);
    }
    while (!started.isEmpty()) {
      close(started.pop());
    }
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      log.warn("{} did not close cleanly", part.getClass().getSimpleName(), e);
    }
  }
}
