package dev.reprise.cli.topics;

import dev.reprise.contract.Topics.Spec;
import dev.reprise.runtime.ClientPrincipal;
import dev.reprise.runtime.Permission;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclOperation;

/**
 * The state of a topic on the cluster.
 *
 * @param spec the settings that Reprise specifies
 * @param partitions 0 if the topic does not exist
 * @param configs its actual settings
 * @param missingPermission the permission that this principal lacks: {@code DESCRIBE} if nothing
 *     about the topic is known, {@code DESCRIBE_CONFIGS} if only the settings are unknown
 */
public record TopicState(
    Spec spec,
    int partitions,
    int replicas,
    Map<String, String> configs,
    Optional<AclOperation> missingPermission) {
  public TopicState {
    configs = Map.copyOf(configs);
  }

  static TopicState missing(Spec spec) {
    return new TopicState(spec, 0, 0, Map.of(), Optional.empty());
  }

  static TopicState hidden(Spec spec) {
    return new TopicState(spec, 0, 0, Map.of(), Optional.of(AclOperation.DESCRIBE));
  }

  /** Returns the sentence that names the missing permission, if any, and how to grant it. */
  public Optional<String> missingPermission(ClientPrincipal principal) {
    return missingPermission.map(
        operation -> Permission.topic(operation, spec.name()).missing(principal));
  }

  public boolean exists() {
    return partitions > 0;
  }

  /**
   * Returns the settings that differ from the spec, as {@code name=actual, not wanted}; empty if
   * they are unknown.
   */
  public String differences() {
    StringBuilder text = new StringBuilder();
    if (missingPermission.isPresent()) {
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
