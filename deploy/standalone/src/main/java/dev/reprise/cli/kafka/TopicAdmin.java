package dev.reprise.cli.kafka;

import dev.reprise.contract.Topics.Spec;
import dev.reprise.runtime.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Looks at Reprise's topics and creates them. Does not own its client. */
public final class TopicAdmin {
  private static final Duration VISIBLE_TIMEOUT = Duration.ofSeconds(10);
  private static final long VISIBLE_POLL_MS = 20;

  private final Admin admin;

  public TopicAdmin(Admin admin) {
    this.admin = admin;
  }

  /** The topics as they are, in the order of {@code specs}. */
  public List<TopicState> describe(List<Spec> specs)
      throws ConfigurationException, InterruptedException {
    try {
      List<String> existing = existing(specs);
      Map<String, TopicDescription> descriptions =
          admin.describeTopics(existing).allTopicNames().get();
      Map<String, Map<String, String>> configs = configs(existing);
      List<TopicState> states = new ArrayList<>();
      for (Spec spec : specs) {
        TopicDescription topic = descriptions.get(spec.name());
        states.add(
            topic == null
                ? TopicState.missing(spec)
                : new TopicState(
                    spec,
                    topic.partitions().size(),
                    topic.partitions().get(0).replicas().size(),
                    configs.getOrDefault(spec.name(), Map.of())));
      }
      return states;
    } catch (ExecutionException e) {
      throw refused("The topics cannot be read", e);
    }
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
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw refused("Topic " + topic.getKey() + " cannot be created", e);
        }
      }
    }
    awaitVisible(created);
    return created;
  }

  /** Sets what of the existing topics' settings is not as Reprise wants it. */
  public void correctSettings(List<Spec> specs)
      throws ConfigurationException, InterruptedException {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (TopicState topic : describe(specs)) {
      if (topic.exists() && !topic.differences().isEmpty()) {
        changes.put(
            new ConfigResource(ConfigResource.Type.TOPIC, topic.spec().name()),
            topic.spec().configs().entrySet().stream()
                .map(it -> new ConfigEntry(it.getKey(), it.getValue()))
                .map(it -> new AlterConfigOp(it, AlterConfigOp.OpType.SET))
                .toList());
      }
    }
    try {
      admin.incrementalAlterConfigs(changes).all().get();
    } catch (ExecutionException e) {
      throw refused("The topics' settings cannot be changed", e);
    }
  }

  /** The controller has created them; a broker that clients ask may learn of it a little later. */
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
      throw refused("The topics cannot be listed", e);
    }
  }

  private List<String> existing(List<Spec> specs) throws ExecutionException, InterruptedException {
    Set<String> names = admin.listTopics().names().get();
    return specs.stream().map(Spec::name).filter(names::contains).toList();
  }

  private Map<String, Map<String, String>> configs(List<String> topics)
      throws ExecutionException, InterruptedException {
    List<ConfigResource> resources =
        topics.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    Map<ConfigResource, Config> configs = admin.describeConfigs(resources).all().get();
    return configs.entrySet().stream()
        .collect(
            Collectors.toMap(
                entry -> entry.getKey().name(),
                entry ->
                    entry.getValue().entries().stream()
                        .collect(Collectors.toMap(ConfigEntry::name, TopicAdmin::value))));
  }

  /** The value, empty where the cluster keeps it secret. */
  private static String value(ConfigEntry entry) {
    return entry.value() == null ? "" : entry.value();
  }

  private static ConfigurationException refused(String what, ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new ConfigurationException(what + ": " + cause.getMessage());
  }
}
