package dev.reprise.cli.topics;

import dev.reprise.contract.Topics.Spec;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclOperation;

/**
 * A topic as the cluster has it.
 *
 * @param spec what Reprise wants
 * @param partitions 0 if the topic does not exist
 * @param configs its settings, those that Reprise names
 * @param missingRight what this principal may not do, so that the rest is not known: {@code
 *     DESCRIBE}, or {@code DESCRIBE_CONFIGS} where only the settings are not
 */
public record TopicState(
    Spec spec,
    int partitions,
    int replicas,
    Map<String, String> configs,
    Optional<AclOperation> missingRight) {
  public TopicState {
    configs = Map.copyOf(configs);
  }

  static TopicState missing(Spec spec) {
    return new TopicState(spec, 0, 0, Map.of(), Optional.empty());
  }

  static TopicState hidden(Spec spec) {
    return new TopicState(spec, 0, 0, Map.of(), Optional.of(AclOperation.DESCRIBE));
  }

  public boolean exists() {
    return partitions > 0;
  }

  /**
   * Settings that are not as Reprise wants them, as {@code name=value, not wanted}; empty where
   * they are not known.
   */
  public String differences() {
    StringBuilder text = new StringBuilder();
    if (missingRight.isPresent()) {
      return "";
    }
    new TreeMap<>(spec.configs())
        .forEach(
            (name, wanted) -> {
              String actual = configs.getOrDefault(name, "");
              if (!actual.equals(wanted)) {
                text.append(text.isEmpty() ? "" : "; ")
                    .append("%s=%s, not %s".formatted(name, actual, wanted));
              }
            });
    return text.toString();
  }
}
