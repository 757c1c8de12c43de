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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds whether the cluster answers, and now and then whether an input topic
 * would delete records by their own timestamps, which may be years old when they arrive.
 * Thread-safe.
 */
final class ClusterWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(3);
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final Duration MAX_SILENCE = Duration.ofSeconds(15);
  private static final int CHECKS_PER_TOPICS_CHECK = 20;

  /** By address, since the applications of a process tell of a cluster once together. */
  private static final Map<String, Contact> CONTACTS = new ConcurrentHashMap<>();

  private final Contact contact;
  private final Admin admin;
  private final List<ConfigResource> topics;
  private final Runnable beat;
  private final ScheduledExecutorService executor;
  private volatile Health retention = Health.UP;
  private int checks;

  private ClusterWatch(String cluster, Admin admin, Collection<String> topics, Runnable beat) {
    this.contact = CONTACTS.computeIfAbsent(cluster, Contact::new);
    contact.lastAnswer = Instant.now();
    this.admin = admin;
    this.topics =
        topics.stream().map(it -> new ConfigResource(ConfigResource.Type.TOPIC, it)).toList();
    this.beat = beat;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "cluster-watch");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts to watch. The caller keeps {@code admin} open until after {@link #close}.
   *
   * @param cluster its address, for messages
   * @param topics the input topics
   * @param beat run after each check
   */
  static ClusterWatch start(String cluster, Admin admin, Collection<String> topics, Runnable beat) {
    ClusterWatch watch = new ClusterWatch(cluster, admin, topics, beat);
    watch.executor.scheduleWithFixedDelay(
        watch::check, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  boolean answers() {
    return contact.answers();
  }

  /** Returns down while the cluster does not answer, or an input topic deletes by event time. */
  Health health() {
    return answers() ? retention : Health.down("The Kafka cluster does not answer.");
  }

  private void check() {
    try {
      admin
          .describeCluster(new DescribeClusterOptions().timeoutMs(TIMEOUT_MILLIS))
          .clusterId()
          .get();
      contact.noteAnswer();
      if (checks++ % CHECKS_PER_TOPICS_CHECK == 0) {
        checkTopics();
      }
    } catch (ExecutionException e) {
      log.debug("The cluster does not answer", e);
      contact.noteSilence();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // An escaping exception would silently end the schedule.
      log.warn("The cluster cannot be watched: {}", e.toString());
    }
    beat.run();
  }

  private void checkTopics() throws InterruptedException {
    TreeSet<String> faulty = new TreeSet<>();
    for (Map.Entry<ConfigResource, KafkaFuture<Config>> topic :
        admin
            .describeConfigs(topics, new DescribeConfigsOptions().timeoutMs(TIMEOUT_MILLIS))
            .values()
            .entrySet()) {
      try {
        if (deletesByEventTime(topic.getValue().get())) {
          faulty.add(topic.getKey().name());
        }
      } catch (ExecutionException e) {
        // Without the right to describe them, its settings are not known.
        log.debug("The settings of {} cannot be read", topic.getKey().name(), e);
      }
    }
    retention = faulty.isEmpty() ? Health.UP : Health.down(sentence(faulty));
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

  private static String sentence(Collection<String> topics) {
    return String.join(", ", topics)
        + " would delete old-dated records before they are read: set"
        + " message.timestamp.type=LogAppendTime with kafka-configs.sh --alter.";
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** When a cluster answered last, and whether its silence was reported. */
  private static final class Contact {
    private final String cluster;
    private final AtomicBoolean isReported = new AtomicBoolean();
    private volatile Instant lastAnswer = Instant.now();

    Contact(String cluster) {
      this.cluster = cluster;
    }

    boolean answers() {
      return lastAnswer.isAfter(Instant.now().minus(MAX_SILENCE));
    }

    void noteAnswer() {
      Instant before = lastAnswer;
      lastAnswer = Instant.now();
      if (isReported.compareAndSet(true, false)) {
        log.warn(
            "The Kafka cluster at {} answers again, after {} s",
            cluster,
            Duration.between(before, lastAnswer).toSeconds());
      }
    }

    void noteSilence() {
      if (!answers() && isReported.compareAndSet(false, true)) {
        log.warn("The Kafka cluster at {} does not answer; waiting until it does", cluster);
      }
    }
  }
}
