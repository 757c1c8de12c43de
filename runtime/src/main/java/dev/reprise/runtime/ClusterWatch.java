package dev.reprise.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the cluster every few seconds, and less often checks the permissions, and whether an input
 * topic would delete records by their own timestamps, which may be years old on arrival.
 * Thread-safe.
 */
final class ClusterWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(3);
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final Duration UNREACHABLE_AFTER = Duration.ofSeconds(15);
  private static final int CHECKS_PER_TOPICS_CHECK = 20;
  private static final int CHECKS_PER_PERMISSION_CHECK = 3;

  /** By address, so that the applications of a process log a cluster's outage only once. */
  private static final Map<String, Reachability> REACHABILITY = new ConcurrentHashMap<>();

  private final Reachability reachability;
  private final Admin admin;
  private final PermissionWatch permissions;
  private final List<ConfigResource> topics;
  private final Runnable afterCheck;
  private final ScheduledExecutorService executor;
  private volatile Health retention = Health.UP;
  private int checks;

  private ClusterWatch(
      String cluster,
      Admin admin,
      PermissionWatch permissions,
      Collection<String> topics,
      Runnable afterCheck) {
    this.reachability = REACHABILITY.computeIfAbsent(cluster, Reachability::new);
    reachability.lastResponse = Instant.now();
    this.admin = admin;
    this.permissions = permissions;
    this.topics =
        topics.stream().map(it -> new ConfigResource(ConfigResource.Type.TOPIC, it)).toList();
    this.afterCheck = afterCheck;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "cluster-watch");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts a watch. The caller keeps {@code admin} open until after {@link #close}.
   *
   * @param cluster the bootstrap servers, for log messages
   * @param permissions those of the application, checked too
   * @param topics the input topics
   * @param afterCheck run after each check
   */
  static ClusterWatch start(
      String cluster,
      Admin admin,
      PermissionWatch permissions,
      Collection<String> topics,
      Runnable afterCheck) {
    ClusterWatch watch = new ClusterWatch(cluster, admin, permissions, topics, afterCheck);
    watch.executor.scheduleWithFixedDelay(
        watch::check, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  boolean isClusterReachable() {
    return reachability.isReachable();
  }

  /** Returns down while the cluster is unreachable, or an input topic deletes by event time. */
  Health health() {
    return isClusterReachable() ? retention : Health.down("The Kafka cluster is not responding.");
  }

  private void check() {
    try {
      admin
          .describeCluster(new DescribeClusterOptions().timeoutMs(TIMEOUT_MILLIS))
          .clusterId()
          .get();
      reachability.recordResponse();
      if (checks % CHECKS_PER_PERMISSION_CHECK == 0 || !permissions.health().isUp()) {
        permissions.check(false);
      }
      if (checks++ % CHECKS_PER_TOPICS_CHECK == 0) {
        checkTopics();
      }
    } catch (ExecutionException e) {
      handleFailure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // An uncaught exception would silently cancel the schedule.
      log.warn("Checking the Kafka cluster failed: {}", e.toString());
    }
    afterCheck.run();
  }

  private void handleFailure(ExecutionException e) {
    log.debug("The cluster is not responding", e);
    if (e.getCause() instanceof AuthenticationException) {
      reachability.recordResponse();
      permissions.recordDenial(e.getCause());
    } else {
      reachability.recordFailure();
    }
  }

  private void checkTopics() throws InterruptedException {
    TreeSet<String> misconfigured = new TreeSet<>();
    for (Map.Entry<ConfigResource, KafkaFuture<Config>> topic :
        admin
            .describeConfigs(topics, new DescribeConfigsOptions().timeoutMs(TIMEOUT_MILLIS))
            .values()
            .entrySet()) {
      try {
        if (deletesByEventTime(topic.getValue().get())) {
          misconfigured.add(topic.getKey().name());
        }
      } catch (ExecutionException e) {
        // The principal may lack permission to describe the topic's settings.
        log.debug("The settings of {} cannot be read", topic.getKey().name(), e);
      }
    }
    retention = misconfigured.isEmpty() ? Health.UP : Health.down(message(misconfigured));
  }

  private static boolean deletesByEventTime(Config topic) {
    return value(topic, TopicConfig.CLEANUP_POLICY_CONFIG).contains("delete")
        && !value(topic, TopicConfig.RETENTION_MS_CONFIG).equals("-1")
        && value(topic, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).equals("CreateTime");
  }

  private static String value(Config topic, String name) {
    ConfigEntry entry = topic.get(name);
    return entry == null || entry.value() == null ? "" : entry.value();
  }

  private static String message(Collection<String> topics) {
    return String.join(", ", topics)
        + " would delete records with old timestamps before they are read: set"
        + " message.timestamp.type=LogAppendTime with kafka-configs.sh --alter.";
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** The time of a cluster's last response, and whether its outage was logged. */
  private static final class Reachability {
    private final String cluster;
    private final AtomicBoolean isOutageLogged = new AtomicBoolean();
    private volatile Instant lastResponse = Instant.now();

    Reachability(String cluster) {
      this.cluster = cluster;
    }

    boolean isReachable() {
      return lastResponse.isAfter(Instant.now().minus(UNREACHABLE_AFTER));
    }

    void recordResponse() {
      Instant previous = lastResponse;
      lastResponse = Instant.now();
      if (isOutageLogged.compareAndSet(true, false)) {
        log.warn(
            "The Kafka cluster at {} is reachable again after {} s",
            cluster,
            Duration.between(previous, lastResponse).toSeconds());
      }
    }

    void recordFailure() {
      if (!isReachable() && isOutageLogged.compareAndSet(false, true)) {
        log.warn("The Kafka cluster at {} is unreachable; retrying", cluster);
      }
    }
  }
}
