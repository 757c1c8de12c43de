package dev.reprise.api;

import dev.reprise.api.audio.UploadBudget;
import dev.reprise.api.audio.UploadLimits;
import dev.reprise.api.audio.UploadSpool;
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
import dev.reprise.runtime.Closer;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DataDirectory;
import dev.reprise.runtime.Endpoints;
import dev.reprise.runtime.Health;
import dev.reprise.runtime.Permission;
import dev.reprise.runtime.Permissions;
import dev.reprise.runtime.StreamsApplication;
import dev.reprise.runtime.StreamsProperties;
import dev.reprise.similarity.index.TrackIndex;
import dev.reprise.spool.Spool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;

/** The API service: two Kafka Streams applications, an event feed and a server. Thread-safe. */
public final class ApiService implements AutoCloseable {
  private static final Duration MAX_POLL_INTERVAL = Duration.ofMinutes(5);

  private final ApiConfig config;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final Closer parts = new Closer();

  /** Closed before all other parts, so that no request uses a part that has been closed. */
  private final Closer front = new Closer();

  private final List<StreamsApplication> applications = new CopyOnWriteArrayList<>();
  private volatile @Nullable StreamsApplication catalogue;
  private volatile @Nullable EventFeed feed;
  private volatile @Nullable ApiServer server;
  private volatile boolean indexComplete;
  private volatile int httpPort;

  private ApiService(ApiConfig config) {
    this.config = config;
  }

  /**
   * Starts the server and reads the state of all tracks; {@link #readiness} reports when tracks can
   * be requested.
   *
   * @param live totals of the services in this process, for the page; empty if there are none
   * @throws ConfigurationException listing every error found
   */
  public static ApiService start(ApiConfig config, Supplier<Optional<Live>> live)
      throws ConfigurationException {
    List<String> errors = config.errors();
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    try (ClusterCheck cluster = ClusterCheck.connect(config.kafka())) {
      cluster.require(permissions(config));
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

  private static List<Permission> permissions(ApiConfig config) {
    return Permissions.api(config.kafka().topics(), config.applicationId());
  }

  private void run(Supplier<Optional<Live>> live) throws ConfigurationException {
    parts.add(DataDirectory.open(config.dataDirectory()));
    Endpoints endpoints =
        parts.add(Endpoints.start(config.endpoints(), registry, this::liveness, this::readiness));
    httpPort = endpoints.port();
    TrackIndex index = parts.add(TrackIndex.open(createFolder("embeddings")));
    EventFeed newFeed = parts.add(EventFeed.start(config.kafka()));
    feed = newFeed;
    Uploads uploads = parts.add(new Uploads(config.kafka(), config.uploadMemory()));
    UploadBudget budget = new UploadBudget(config.uploadMemory());
    UploadLimits limits = openSpool();
    ApiRoutes routes =
        new ApiRoutes(
            config.kafka().topics(),
            this::address,
            config.certificate(),
            new Catalogue(() -> Optional.ofNullable(catalogue)),
            index,
            () -> indexComplete,
            newFeed,
            uploads,
            budget,
            limits,
            live,
            config.version());
    EventsHandler events = parts.add(new EventsHandler(newFeed.events(), config.maxEventReaders()));
    server =
        front.add(
            ApiServer.start(
                new ServerConfig(
                    config.apiHost(),
                    config.advertised().map(HostInfo::host),
                    config.apiPort(),
                    config.certificate(),
                    config.bearerToken(),
                    config.corsOrigins(),
                    limits.maxBodyBytes()),
                routes.handlers(events, config.maxEventReaders()),
                registry));
    // Closed before the server, which would wait for the open streams.
    front.add(events);
    registerGauges(index, budget, events);
    CatalogueMeters meters = new CatalogueMeters(registry);
    // Returns once the global stores have been read to the end.
    start(VectorTopology.create(config.kafka().topics(), index), "-vectors");
    catalogue = start(CatalogueTopology.create(config.kafka().topics(), meters), "");
    // Takes minutes if embeddings are new; requests for single tracks do not depend on it.
    index.restored();
    indexComplete = true;
  }

  private UploadLimits openSpool() throws ConfigurationException {
    if (config.spool().isEmpty()) {
      return UploadLimits.ofRecords();
    }
    Spool spool = Spool.open(config.spool().get());
    return UploadLimits.of(
        config.maxUploadBytes(), parts.add(new UploadSpool(spool, config.maxSpoolBytes())));
  }

  private StreamsApplication start(Topology topology, String suffix) {
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
    StreamsApplication application =
        parts.add(
            StreamsApplication.start(
                topology, properties, config.kafka(), permissions(config), registry));
    applications.add(application);
    return application;
  }

  private void registerGauges(TrackIndex index, UploadBudget budget, EventsHandler events) {
    Gauge.builder("reprise.event.readers", events, EventsHandler::readers)
        .description("Readers of the event stream")
        .register(registry);
    Gauge.builder("reprise.catalogue.tracks", index, TrackIndex::predictedTracks)
        .description("Tracks in the similarity index")
        .tag("known", "prediction")
        .register(registry);
    Gauge.builder("reprise.catalogue.tracks", index, TrackIndex::truthTracks)
        .description("Tracks in the similarity index")
        .tag("known", "truth")
        .register(registry);
    Gauge.builder("reprise.upload.bytes", budget, UploadBudget::takenBytes)
        .description("Bytes of audio held by uploads")
        .baseUnit("bytes")
        .register(registry);
  }

  private Path createFolder(String name) throws ConfigurationException {
    Path folder = config.dataDirectory().resolve(name);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new ConfigurationException("Cannot create the folder " + folder + ": " + e);
    }
  }

  /** Returns the address at which other instances reach this one. */
  private HostInfo address() {
    return config.advertised().orElseGet(() -> new HostInfo(config.apiHost(), apiPort()));
  }

  /** Returns the port of the API and the page. */
  public int apiPort() {
    ApiServer current = server;
    return current == null ? config.apiPort() : current.port();
  }

  /** Returns the port of metrics and health. */
  public int httpPort() {
    return httpPort;
  }

  /** Returns whether tracks can be requested. */
  public Health readiness() {
    return indexComplete
        ? Health.all(applications.stream().map(StreamsApplication::readiness))
        : Health.down("The index of tracks is being built.");
  }

  /** Waits until tracks can be requested, or the timeout has elapsed. */
  public void awaitReady(Duration timeout) throws InterruptedException {
    StreamsApplication current = catalogue;
    if (current != null) {
      current.awaitRunning(timeout);
    }
  }

  private Health liveness() {
    EventFeed current = feed;
    Stream<Health> feeds = current == null ? Stream.empty() : Stream.of(current.liveness());
    return Health.all(
        Stream.concat(feeds, applications.stream().map(StreamsApplication::liveness)));
  }

  /**
   * Waits until the service or a part of it has stopped.
   *
   * @return whether it was closed rather than stopped by a failure
   */
  public boolean awaitStop() throws InterruptedException {
    List<CompletableFuture<Boolean>> stops = new ArrayList<>();
    applications.forEach(application -> stops.add(application.stopped()));
    EventFeed current = feed;
    if (current != null) {
      stops.add(current.stopped());
    }
    try {
      return Boolean.TRUE.equals(
          CompletableFuture.anyOf(stops.toArray(CompletableFuture[]::new)).get());
    } catch (ExecutionException e) {
      throw new AssertionError("The futures never fail.", e);
    }
  }

  @Override
  public void close() {
    front.close();
    parts.close();
  }
}
