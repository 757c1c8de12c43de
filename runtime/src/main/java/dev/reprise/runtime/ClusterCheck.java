package dev.reprise.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks before a service starts that the cluster meets its requirements. Not thread-safe. */
public final class ClusterCheck implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterCheck.class);
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
   * @throws ConfigurationException if no broker responds within ten seconds or the credentials are
   *     rejected, or a client setting is invalid
   */
  public static ClusterCheck connect(KafkaSettings settings) throws ConfigurationException {
    Admin admin;
    ListenerProbe probe = ListenerProbe.of(settings);
    try {
      probe.requireNoTls();
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
      admin.describeCluster().clusterId().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
      return check;
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      check.close();
      if (!(e.getCause() instanceof AuthenticationException)) {
        probe.requireTls();
      }
      throw check.unreachable(e);
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

  /**
   * Checks that the principal has permissions, and that the topics among them exist. A missing
   * permission that is not {@linkplain Permission#isRequired required} is logged.
   *
   * @throws ConfigurationException that names every missing topic and permission
   */
  public void require(List<Permission> permissions) throws ConfigurationException {
    List<String> errors = new ArrayList<>();
    Set<String> topics = new LinkedHashSet<>();
    permissions.stream().filter(Permission::isTopic).map(Permission::name).forEach(topics::add);
    for (Permission permission : missing(permissions)) {
      if (permission.isRequired()) {
        errors.add(permission.missing(settings.principal()));
        topics.remove(permission.name());
      } else {
        log.warn("{}", permission.missing(settings.principal()));
      }
    }
    try {
      requireTopics(topics);
    } catch (ConfigurationException e) {
      errors.addAll(e.errors());
    }
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
  }

  /**
   * Returns the permissions that the principal lacks; none if the clients do not authenticate, as
   * on a cluster without ACLs.
   *
   * @throws ConfigurationException if the cluster does not respond
   */
  public List<Permission> missing(List<Permission> permissions) throws ConfigurationException {
    if (!settings.isAuthenticated()) {
      return List.of();
    }
    try {
      return new PermissionCheck(admin, permissions).missing(true);
    } catch (ExecutionException | InterruptedException e) {
      throw unreachable(e);
    }
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
    return setting(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
        .map(value -> OptionalInt.of(Integer.parseInt(value)))
        .orElse(OptionalInt.empty());
  }

  /**
   * Returns how long a topic keeps records; empty if it cannot be described.
   *
   * @return {@link Long#MAX_VALUE} milliseconds if it keeps them forever
   */
  public Optional<Duration> retention(String topic) throws ConfigurationException {
    return setting(topic, TopicConfig.RETENTION_MS_CONFIG)
        .map(Long::parseLong)
        .map(millis -> Duration.ofMillis(millis < 0 ? Long.MAX_VALUE : millis));
  }

  private Optional<String> setting(String topic, String key) throws ConfigurationException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      return Optional.ofNullable(
              Objects.requireNonNull(
                      admin
                          .describeConfigs(List.of(resource))
                          .all()
                          .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                          .get(resource))
                  .get(key))
          .map(ConfigEntry::value);
    } catch (ExecutionException e) {
      return Optional.empty();
    } catch (TimeoutException | InterruptedException e) {
      throw unreachable(e);
    }
  }

  private String error(String topic, ExecutionException e) throws ConfigurationException {
    if (e.getCause() instanceof AuthorizationException) {
      return missingPermission(settings, AclOperation.DESCRIBE, topic);
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
  public static String missingPermission(
      KafkaSettings settings, AclOperation operation, String topic) {
    return Permission.topic(operation, topic).missing(settings.principal());
  }

  public Admin admin() {
    return admin;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private ConfigurationException unreachable(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (e.getCause() instanceof SslAuthenticationException) {
      return new ConfigurationException(
          "The TLS handshake with the Kafka broker at %s failed (%s); check kafka.ssl.*."
              .formatted(settings.bootstrapServers(), rootMessage(e)));
    }
    if (e.getCause() instanceof AuthenticationException) {
      return new ConfigurationException(
          "The Kafka broker at %s rejects the credentials of %s (%s); check kafka.sasl.*."
              .formatted(settings.bootstrapServers(), settings.principal().text(), rootMessage(e)));
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
