package dev.reprise.cli.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Refuses secrets on the command line, which every user of the machine can see. */
public final class Secrets {
  /** Begins a reference that a config provider of Kafka resolves: {@code ${file:/path:key}}. */
  private static final String REFERENCE = "${";

  private Secrets() {}

  /** Returns one sentence for each secret on the command line. */
  public static List<String> errors(ParseResult parsed) {
    List<String> errors = new ArrayList<>();
    OptionSpec kafka = parsed.matchedOption("-K");
    if (kafka != null && kafka.getValue() instanceof Map<?, ?> settings) {
      settings.forEach(
          (name, value) -> {
            if (isSecret(name.toString()) && !value.toString().contains(REFERENCE)) {
              errors.add(kafkaError(name.toString()));
            }
          });
    }
    for (OptionSpec option : parsed.matchedOptions()) {
      String name = option.longestName();
      if (name.endsWith("-token")) {
        errors.add(
            ("%s on the command line can be seen by every user of the machine: set %s, or %s-file"
                    + " to a file that contains it.")
                .formatted(name, OptionSources.variable(name.substring(2)), name));
      }
    }
    return errors;
  }

  private static String kafkaError(String name) {
    return ("-K %s on the command line can be seen by every user of the machine: set %s, kafka.%s in the"
            + " --config file, or a reference to one of Kafka's config providers, such as"
            + " ${file:/run/secrets/kafka:KEY}.")
        .formatted(name, OptionSources.kafkaVariable(name), name);
  }

  /** Returns whether Kafka hides the value of a setting, whatever client its prefix names. */
  private static boolean isSecret(String name) {
    return AdminClientConfig.configDef().configKeys().values().stream()
        .filter(key -> key.type == ConfigDef.Type.PASSWORD)
        .anyMatch(key -> name.equals(key.name) || name.endsWith("." + key.name));
  }
}
