package dev.reprise.cli.doctor;

import dev.reprise.cli.topics.TopicAdmin;
import dev.reprise.cli.topics.TopicState;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import java.util.ArrayList;
import java.util.List;

/** Checks the broker, the topics and the permissions on them. */
public final class ClusterChecks {
  private ClusterChecks() {}

  public static List<Finding> run(KafkaSettings kafka) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    try (ClusterCheck cluster = ClusterCheck.connect(kafka)) {
      findings.add(Finding.ok("broker", kafka.bootstrapServers() + " is reachable."));
      for (TopicState topic : new TopicAdmin(cluster.admin()).describe(kafka.topics().specs())) {
        findings.add(checkTopic(topic));
      }
    } catch (ConfigurationException e) {
      e.errors().forEach(error -> findings.add(Finding.error("broker", error)));
    }
    return findings;
  }

  private static Finding checkTopic(TopicState topic) {
    String name = topic.spec().name();
    if (topic.missingPermission().isPresent()) {
      String what = ClusterCheck.missingPermission(topic.missingPermission().get(), name);
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
