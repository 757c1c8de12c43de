package dev.reprise.cli.topics;

import dev.reprise.cli.output.ShellWord;
import dev.reprise.runtime.Permission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/** Permissions in the formats of the tools that grant them. Immutable. */
final class AclText {
  /** Permissions by the options that name their resource, in order. */
  private final Map<String, List<Permission>> byResource;

  private final String principal;

  AclText(List<Permission> permissions, String principal) {
    this.byResource =
        permissions.stream()
            .collect(
                Collectors.groupingBy(
                    Permission::resourceOptions, LinkedHashMap::new, Collectors.toList()));
    this.principal = principal;
  }

  /** Returns one command of {@code kafka-acls.sh} per resource. */
  List<String> commands(String bootstrapServers) {
    List<String> lines = new ArrayList<>();
    lines.add("# admin.properties: client settings of an administrator of the cluster.");
    byResource.forEach(
        (resource, permissions) ->
            lines.add(
                ("kafka-acls.sh --bootstrap-server %s --command-config admin.properties --add"
                        + " --allow-principal %s%s %s")
                    .formatted(
                        ShellWord.of(bootstrapServers),
                        ShellWord.of(principal),
                        permissions.stream()
                            .map(permission -> " --operation " + permission.operationName())
                            .collect(Collectors.joining()),
                        resource)));
    return lines;
  }

  /** Returns a {@code KafkaUser}, whose name is that of the principal. */
  List<String> kafkaUser() {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "apiVersion: kafka.strimzi.io/v1",
                "kind: KafkaUser",
                "metadata:",
                "  name: " + principal.substring(principal.indexOf(':') + 1),
                "  labels:",
                "    strimzi.io/cluster: CLUSTER # the name of your Kafka resource",
                "spec:",
                "  authentication:",
                "    type: scram-sha-512 # or tls",
                "  authorization:",
                "    type: simple",
                "    acls:"));
    for (List<Permission> permissions : byResource.values()) {
      Permission first = permissions.get(0);
      lines.add("      - resource:");
      lines.add("          type: " + typeName(first.type()));
      lines.add("          name: " + first.name());
      lines.add(
          "          patternType: "
              + (first.pattern() == PatternType.PREFIXED ? "prefix" : "literal"));
      lines.add(
          "        operations: ["
              + permissions.stream()
                  .map(Permission::operationName)
                  .collect(Collectors.joining(", "))
              + "]");
    }
    return lines;
  }

  private static String typeName(ResourceType type) {
    return type == ResourceType.TRANSACTIONAL_ID
        ? "transactionalId"
        : type.name().toLowerCase(Locale.ROOT);
  }
}
