package dev.reprise.cli.topics;

import dev.reprise.contract.Topics.Spec;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Describes, creates and alters Reprise's topics. Does not own its client. */
public final class TopicAdmin {
  private static final Duration VISIBLE_TIMEOUT = Duration.ofSeconds(10);
  private static final long VISIBLE_POLL_MS = 20;

  private final KafkaSettings kafka;
  private final Admin admin;

  public TopicAdmin(KafkaSettings kafka, Admin admin) {
    this.kafka = kafka;
    this.admin = admin;
  }

  /** Returns the topics' state, as far as this principal may see it, in the order of the specs. */
  public List<TopicState> describe(List<Spec> specs)
      throws ConfigurationException, InterruptedException {
    List<String> names = specs.stream().map(Spec::name).toList();
    Map<String, KafkaFuture<TopicDescription>> topics =
        admin.describeTopics(names).topicNameValues();
    List<TopicState> states = new ArrayList<>();
    for (Spec spec : specs) {
      try {
        states.add(describeExisting(spec, Objects.requireNonNull(topics.get(spec.name())).get()));
      } catch (ExecutionException e) {
        if (e.getCause() instanceof UnknownTopicOrPartitionException) {
          states.add(TopicState.missing(spec));
        } else if (e.getCause() instanceof AuthorizationException) {
          states.add(TopicState.hidden(spec));
        } else {
          throw requestFailed("The topics cannot be read", e);
        }
      }
    }
    return states;
  }

  private TopicState describeExisting(Spec spec, TopicDescription topic)
      throws ExecutionException, InterruptedException {
    Map<String, String> configs = Map.of();
    Optional<AclOperation> missingPermission = Optional.empty();
    try {
      configs = configs(spec.name());
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof AuthorizationException)) {
        throw e;
      }
      missingPermission = Optional.of(AclOperation.DESCRIBE_CONFIGS);
    }
    return new TopicState(
        spec,
        topic.partitions().size(),
        topic.partitions().get(0).replicas().size(),
        configs,
        missingPermission);
  }

  /**
   * Creates the topics that are missing.
   *
   * @param replicationFactor empty for the broker's default
   * @return the names of those created
   */
  public List<String> create(List<Spec> specs, int partitions, Optional<Short> replicationFactor)
      throws ConfigurationException, InterruptedException {
    List<NewTopic> wanted =
        specs.stream()
            .map(
                spec ->
                    new NewTopic(spec.name(), Optional.of(partitions), replicationFactor)
                        .configs(spec.configs()))
            .toList();
    List<String> created = new ArrayList<>();
    for (Map.Entry<String, KafkaFuture<Void>> topic :
        admin.createTopics(wanted).values().entrySet()) {
      try {
        topic.getValue().get();
        created.add(topic.getKey());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof AuthorizationException) {
          throw new ConfigurationException(
              ClusterCheck.missingPermission(kafka, AclOperation.CREATE, topic.getKey()));
        }
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw requestFailed("Topic " + topic.getKey() + " cannot be created", e);
        }
      }
    }
    awaitVisible(created);
    return created;
  }

  /**
   * Makes existing topics whose retention follows the records' own timestamps retain by append
   * time, where Reprise specifies it. Other settings are not changed: the operator may have chosen
   * them.
   */
  public void retainByAppendTime(List<Spec> specs)
      throws ConfigurationException, InterruptedException {
    String name = TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (TopicState topic : describe(specs)) {
      String wanted = topic.spec().configs().get(name);
      String actual = topic.configs().get(name);
      if (wanted != null && actual != null && !actual.equals(wanted)) {
        changes.put(
            new ConfigResource(ConfigResource.Type.TOPIC, topic.spec().name()),
            List.of(new AlterConfigOp(new ConfigEntry(name, wanted), AlterConfigOp.OpType.SET)));
      }
    }
    try {
      admin.incrementalAlterConfigs(changes).all().get();
    } catch (ExecutionException e) {
      throw requestFailed("The topics' settings cannot be changed", e);
    }
  }

  /** Waits until the brokers list the topics: they learn of them later than the controller. */
  private void awaitVisible(List<String> topics)
      throws ConfigurationException, InterruptedException {
    Instant end = Instant.now().plus(VISIBLE_TIMEOUT);
    try {
      while (!admin.listTopics().names().get().containsAll(topics)) {
        if (Instant.now().isAfter(end)) {
          throw new ConfigurationException(
              "The topics were created, but the brokers do not list them yet; try again.");
        }
        Thread.sleep(VISIBLE_POLL_MS);
      }
    } catch (ExecutionException e) {
      throw requestFailed("The topics cannot be listed", e);
    }
  }

  private Map<String, String> configs(String topic)
      throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return Objects.requireNonNull(admin.describeConfigs(List.of(resource)).values().get(resource))
        .get()
        .entries()
        .stream()
        .collect(Collectors.toMap(ConfigEntry::name, TopicAdmin::value));
  }

  /** Returns the value; empty if the cluster keeps it secret. */
  private static String value(ConfigEntry entry) {
    return entry.value() == null ? "" : entry.value();
  }

  private static ConfigurationException requestFailed(String what, ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new ConfigurationException(what + ": " + cause.getMessage());
  }
}
