package dev.reprise.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.SecurityUtils;

/** Checks before a service starts that the cluster meets its requirements. Not thread-safe. */
public final class ClusterCheck implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  private final KafkaSettings settings;
  private final Admin admin;

  private ClusterCheck(KafkaSettings settings, Admin admin) {
    this.settings = settings;
    this.admin = admin;
  }

  /**
   * Connects to the cluster.
   *
   * @throws ConfigurationException if no broker responds within ten seconds, or a client setting is
   *     invalid
   */
  public static ClusterCheck connect(KafkaSettings settings) throws ConfigurationException {
    Admin admin;
    try {
      admin =
          Admin.create(
              settings.overriding(
                  Map.of(
                      AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                      TIMEOUT_MS / 2,
                      AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                      TIMEOUT_MS)));
    } catch (KafkaException e) {
      throw new ConfigurationException(
          "The Kafka client cannot be set up with the given settings: " + rootMessage(e));
    }
    ClusterCheck check = new ClusterCheck(settings, admin);
    try {
      check.get(admin.describeCluster().clusterId());
      return check;
    } catch (ConfigurationException e) {
      check.close();
      throw e;
    }
  }

  /**
   * Checks that topics exist.
   *
   * @throws ConfigurationException that names every topic that is missing or that this principal
   *     may not describe
   */
  public void requireTopics(Collection<String> names) throws ConfigurationException {
    describe(names);
  }

  private Map<String, TopicDescription> describe(Collection<String> names)
      throws ConfigurationException {
    Map<String, TopicDescription> found = new HashMap<>();
    List<String> errors = new ArrayList<>();
    Map<String, KafkaFuture<TopicDescription>> topics =
        admin.describeTopics(names).topicNameValues();
    for (String name : names) {
      try {
        found.put(
            name, Objects.requireNonNull(topics.get(name)).get(TIMEOUT_MS, TimeUnit.MILLISECONDS));
      } catch (ExecutionException e) {
        errors.add(error(name, e));
      } catch (TimeoutException | InterruptedException e) {
        throw unreachable(e);
      }
    }
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    return found;
  }

  /**
   * Returns the number of partitions of a topic.
   *
   * @throws ConfigurationException if the topic is missing, or this principal may not describe it
   */
  public int partitions(String topic) throws ConfigurationException {
    return Objects.requireNonNull(describe(List.of(topic)).get(topic)).partitions().size();
  }

  /** Returns a topic's maximum record size in bytes; empty if it cannot be described. */
  public OptionalInt maxMessageBytes(String topic) throws ConfigurationException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      ConfigEntry entry =
          Objects.requireNonNull(
                  admin
                      .describeConfigs(List.of(resource))
                      .all()
                      .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                      .get(resource))
              .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
      return entry == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(entry.value()));
    } catch (ExecutionException e) {
      return OptionalInt.empty();
    } catch (TimeoutException | InterruptedException e) {
      throw unreachable(e);
    }
  }

  private String error(String topic, ExecutionException e) throws ConfigurationException {
    if (e.getCause() instanceof AuthorizationException) {
      return missingPermission(AclOperation.DESCRIBE, topic);
    }
    if (e.getCause() instanceof UnknownTopicOrPartitionException) {
      return "Topic "
          + topic
          + " does not exist at "
          + settings.bootstrapServers()
          + "; create it with 'reprise topics create'.";
    }
    if (e.getCause() instanceof InvalidTopicException) {
      return "Topic " + topic + " has an invalid name: " + rootMessage(e);
    }
    throw unreachable(e);
  }

  /** Returns the error message for a missing permission on a topic. */
  public static String missingPermission(AclOperation operation, String topic) {
    // The spelling of Kafka's tools and documentation, for example DescribeConfigs.
    String name = SecurityUtils.operationName(operation);
    return "Permission %s on topic %s is missing: grant it with Kafka's kafka-acls.sh --add"
            .formatted(name, topic)
        + " --allow-principal User:NAME --operation %s --topic %s.".formatted(name, topic);
  }

  public Admin admin() {
    return admin;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private <T> T get(KafkaFuture<T> future) throws ConfigurationException {
    try {
      return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      throw unreachable(e);
    }
  }

  private ConfigurationException unreachable(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new ConfigurationException(
        "No Kafka broker is reachable at "
            + settings.bootstrapServers()
            + " ("
            + rootMessage(e)
            + "); check --bootstrap-servers, the network and the kafka.* security settings.");
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }
}
