package dev.reprise.cli.doctor;

import dev.reprise.cli.topics.TopicAdmin;
import dev.reprise.cli.topics.TopicState;
import dev.reprise.contract.Topics.Spec;
import dev.reprise.runtime.ClientPrincipal;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks the broker, the topics and the permissions on them. */
public final class ClusterChecks {
  private ClusterChecks() {}

  /**
   * Returns the findings on the cluster.
   *
   * @param permissions of the client to check, whose topics are checked; if empty, all topics
   */
  public static List<Finding> run(KafkaSettings kafka, List<Permission> permissions)
      throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    try (ClusterCheck cluster = ClusterCheck.connect(kafka)) {
      findings.add(Finding.ok("broker", kafka.bootstrapServers() + " is reachable."));
      ClientPrincipal principal = kafka.principal();
      findings.add(
          Finding.ok("principal", "%s (%s).".formatted(principal.text(), principal.source())));
      List<Finding> missing = new ArrayList<>();
      for (Permission permission : cluster.missing(permissions)) {
        String sentence = permission.missing(principal);
        missing.add(
            permission.isRequired()
                ? Finding.error("permission", sentence)
                : Finding.note("permission", sentence));
      }
      for (TopicState topic :
          new TopicAdmin(kafka, cluster.admin()).describe(specs(kafka, permissions))) {
        // Reported above with the permission that the client needs, which includes Describe.
        if (permissions.isEmpty() || topic.missingPermission().isEmpty()) {
          findings.add(checkTopic(topic, principal));
        }
      }
      findings.addAll(missing);
    } catch (ConfigurationException e) {
      e.errors().forEach(error -> findings.add(Finding.error("broker", error)));
    }
    return findings;
  }

  private static List<Spec> specs(KafkaSettings kafka, List<Permission> permissions) {
    Set<String> names = permissions.stream().map(Permission::name).collect(Collectors.toSet());
    return kafka.topics().specs().stream()
        .filter(spec -> permissions.isEmpty() || names.contains(spec.name()))
        .toList();
  }

  private static Finding checkTopic(TopicState topic, ClientPrincipal principal) {
    String name = topic.spec().name();
    if (topic.missingPermission().isPresent()) {
      String what = topic.missingPermission(principal).orElseThrow();
      return topic.exists()
          ? Finding.note(
              "topic",
              "%s, %d partitions; its settings are unknown. %s"
                  .formatted(name, topic.partitions(), what))
          : Finding.error("topic", what);
    }
    if (!topic.exists()) {
      return Finding.error(
          "topic", name + " does not exist; create it with 'reprise topics create'.");
    }
    return topic.differences().isEmpty()
        ? Finding.ok("topic", "%s, %d partitions.".formatted(name, topic.partitions()))
        : Finding.error(
            "topic",
            "%s has %s: set it with Kafka's kafka-configs.sh --alter --topic %s --add-config."
                .formatted(name, topic.differences(), name));
  }
}
