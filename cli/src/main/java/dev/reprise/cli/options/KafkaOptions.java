package dev.reprise.cli.options;

import dev.reprise.contract.Topics;
import dev.reprise.runtime.KafkaSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the connection to the Kafka cluster and of the topic names. */
public final class KafkaOptions {
  private static final String DEFAULT_BOOTSTRAP_SERVERS = "127.0.0.1:9092";

  private final OptionSources sources;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT,...",
      description =
          "Address of the Kafka cluster; overrides kafka.bootstrap.servers (default: "
              + DEFAULT_BOOTSTRAP_SERVERS
              + ").")
  private @Nullable String bootstrapServers;

  @Option(
      names = "-K",
      paramLabel = "NAME=VALUE",
      description =
          "Kafka client setting, for example security.protocol=SASL_SSL; also"
              + " REPRISE_KAFKA_SECURITY_PROTOCOL, or kafka.security.protocol in the file. Passwords"
              + " and keys are refused: other users of the machine can see command lines.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--topic-prefix",
      paramLabel = "TEXT",
      description = "Prefix of each topic's name (default: ${DEFAULT-VALUE}).")
  private String topicPrefix = Topics.defaults().prefix();

  @Option(
      names = "--topic-suffix",
      paramLabel = "TEXT",
      description = "Suffix of each topic's name (default: ${DEFAULT-VALUE}).")
  private String topicSuffix = Topics.defaults().suffix();

  public KafkaOptions(OptionSources sources) {
    this.sources = sources;
  }

  public KafkaSettings settings() {
    Map<String, String> client = new HashMap<>();
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, DEFAULT_BOOTSTRAP_SERVERS);
    client.putAll(sources.kafkaSettings());
    client.putAll(settings);
    if (bootstrapServers != null) {
      client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    }
    return new KafkaSettings(client, new Topics(topicPrefix, topicSuffix));
  }
}
