package dev.reprise.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Kafka Streams application: runs a topology, exports its metrics, and monitors its
 * progress and its cluster. Thread-safe.
 */
public final class StreamsApplication implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StreamsApplication.class);

  private final HealingStreams streams;
  private final Admin admin;
  private final PermissionWatch permissions;
  private final StreamProgress progress = new StreamProgress();
  private final ClusterWatch watch;
  private final Duration maxWait;

  private StreamsApplication(
      Topology topology,
      Properties properties,
      KafkaSettings kafka,
      List<Permission> permissions,
      StreamListener listener,
      MeterRegistry registry) {
    String applicationId = properties.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
    this.maxWait =
        Duration.ofMillis(
            (int)
                Objects.requireNonNull(properties.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG)));
    Set<String> inputs = inputTopics(topology, applicationId);
    StreamClients clients =
        new StreamClients(new ExpiredRecords(registry, inputs), progress, listener);
    this.admin = Admin.create(kafka.overriding(Map.of()));
    this.permissions =
        new PermissionWatch(
            kafka, new PermissionCheck(admin, permissions), registry, applicationId);
    try {
      this.streams =
          new HealingStreams(
              () -> new KafkaStreams(topology, properties, clients),
              StreamsProperties.membershipOnClose(properties),
              LocalState.of(properties.getProperty(StreamsConfig.STATE_DIR_CONFIG), applicationId),
              this.permissions,
              registry,
              applicationId);
    } catch (RuntimeException e) {
      admin.close(Duration.ZERO);
      throw e;
    }
    registerGauges(registry, applicationId);
    this.watch =
        ClusterWatch.start(
            kafka.bootstrapServers(),
            admin,
            this.permissions,
            inputs,
            this::resetProgressIfBlocked);
  }

  /** Returns the topics written by other producers, without the application's internal topics. */
  private static Set<String> inputTopics(Topology topology, String applicationId) {
    Set<String> topics = new TreeSet<>();
    for (TopologyDescription.Subtopology part : topology.describe().subtopologies()) {
      for (TopologyDescription.Node node : part.nodes()) {
        if (node instanceof TopologyDescription.Source source && source.topicSet() != null) {
          topics.addAll(source.topicSet());
        }
      }
    }
    // Repartition topics get their prefix, the application id, only once the application runs.
    topics.removeIf(
        topic -> topic.startsWith(applicationId + "-") || topic.endsWith("-repartition"));
    return topics;
  }

  private void registerGauges(MeterRegistry registry, String applicationId) {
    TimeGauge.builder(
            "reprise.stream.wait", this, TimeUnit.SECONDS, it -> seconds(it.currentWait()))
        .description("Longest time since the last commit of a stream thread that has records")
        .tag("application", applicationId)
        .register(registry);
    TimeGauge.builder("reprise.stream.wait.limit", this, TimeUnit.SECONDS, it -> seconds(maxWait))
        .description("Maximum time that an event may keep its stream thread from committing")
        .tag("application", applicationId)
        .register(registry);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  /** Restarts the clocks of threads that wait for brokers or a rebalance: they are not stalled. */
  private void resetProgressIfBlocked() {
    if (streams.client().state() != KafkaStreams.State.RUNNING || !watch.isClusterReachable()) {
      progress.reset();
    }
  }

  private Duration currentWait() {
    return streams.client().state() == KafkaStreams.State.RUNNING
        ? progress.longestWait()
        : Duration.ZERO;
  }

  /**
   * Starts the application, without waiting until it runs.
   *
   * @param permissions those that it needs; while one is missing, the application is not ready
   */
  public static StreamsApplication start(
      Topology topology,
      Properties properties,
      KafkaSettings kafka,
      List<Permission> permissions,
      MeterRegistry registry) {
    return start(topology, properties, kafka, permissions, StreamListener.NONE, registry);
  }

  /** As above, with a listener. */
  public static StreamsApplication start(
      Topology topology,
      Properties properties,
      KafkaSettings kafka,
      List<Permission> permissions,
      StreamListener listener,
      MeterRegistry registry) {
    return new StreamsApplication(topology, properties, kafka, permissions, listener, registry);
  }

  /**
   * Returns a read-only view of one partition of a state store of this instance.
   *
   * @throws InvalidStateStoreException if the partition is unavailable: it belongs to another
   *     instance, is being moved or restored, or the application has stopped
   */
  public <T> T store(String name, int partition, QueryableStoreType<T> type) {
    try {
      return streams
          .client()
          .store(StoreQueryParameters.fromNameAndType(name, type).withPartition(partition));
    } catch (IllegalStateException e) {
      throw new InvalidStateStoreException("The application is not running.", e);
    }
  }

  /**
   * Returns the instance, by its {@code application.server}, and the partition that hold a key of a
   * store; empty during a rebalance, or if the application is not running.
   */
  public Optional<KeyQueryMetadata> owner(String store, String key) {
    try {
      KeyQueryMetadata metadata =
          streams.client().queryMetadataForKey(store, key, new StringSerializer());
      return metadata == null || metadata.equals(KeyQueryMetadata.NOT_AVAILABLE)
          ? Optional.empty()
          : Optional.of(metadata);
    } catch (IllegalStateException e) {
      return Optional.empty();
    }
  }

  /** Waits until records are processed for the first time, or the timeout has passed. */
  public void awaitRunning(Duration timeout) throws InterruptedException {
    if (!streams.running().await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      log.info("Not running after {}: {}", timeout, readiness().reason());
    }
  }

  /** Returns whether records are being processed. */
  public Health readiness() {
    if (!permissions.health().isUp()) {
      return permissions.health();
    }
    if (streams.isStarting()) {
      return Health.down("Local state is being rebuilt from Kafka.");
    }
    return switch (streams.client().state()) {
      // Kafka Streams stays RUNNING during a broker outage and continues after it.
      case RUNNING -> watch.health();
      case CREATED, REBALANCING -> Health.down("Waiting for partitions.");
      default -> Health.down("Not running: " + streams.client().state() + ".");
    };
  }

  /**
   * Returns down if the application has stopped permanently, or a thread that has records has not
   * committed for longer than an event may take.
   */
  public Health liveness() {
    Duration wait = currentWait();
    if (wait.compareTo(maxWait) > 0) {
      return Health.down(
          ("Stalled: records are waiting, but a stream thread has not committed for %d s; an event may"
                  + " take %d s.")
              .formatted(wait.toSeconds(), maxWait.toSeconds()));
    }
    KafkaStreams.State state = streams.client().state();
    return state.isRunningOrRebalancing()
            || state == KafkaStreams.State.CREATED
            || streams.isStarting()
        ? Health.UP
        : Health.down("Stopped: " + state + ".");
  }

  /** Returns a future that completes when the application stops; true if it was closed. */
  public CompletableFuture<Boolean> stopped() {
    return streams.stopped();
  }

  /**
   * Waits until any of the applications has stopped.
   *
   * @return true if it was closed, false if failures stopped it
   */
  public static boolean awaitStop(Collection<StreamsApplication> applications)
      throws InterruptedException {
    CompletableFuture<?>[] each =
        applications.stream().map(StreamsApplication::stopped).toArray(CompletableFuture[]::new);
    try {
      return Boolean.TRUE.equals(CompletableFuture.anyOf(each).get());
    } catch (ExecutionException e) {
      throw new AssertionError("The future never completes exceptionally.", e);
    }
  }

  /** Returns whether every thread has ended, so that no more records are processed. */
  public boolean isStopped() {
    return streams.client().state().hasCompletedShutdown() && !streams.isStarting();
  }

  @Override
  public void close() {
    watch.close();
    streams.close();
    admin.close(Duration.ZERO);
  }
}
