package dev.reprise.cli.kafka;

import dev.reprise.contract.Topics.Spec;
import java.util.Map;
import java.util.TreeMap;

/**
 * A topic as the cluster has it.
 *
 * @param spec what Reprise wants
 * @param partitions 0 if the topic does not exist
 * @param configs its settings, those that Reprise names
 */
public record TopicState(Spec spec, int partitions, int replicas, Map<String, String> configs) {
  public TopicState {
    configs = Map.copyOf(configs);
  }

  static TopicState missing(Spec spec) {
    return new TopicState(spec, 0, 0, Map.of());
  }

  public boolean exists() {
    return partitions > 0;
  }

  /** Settings that are not as Reprise wants them, as {@code name=value, not wanted}. */
  public String differences() {
    StringBuilder text = new StringBuilder();
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
