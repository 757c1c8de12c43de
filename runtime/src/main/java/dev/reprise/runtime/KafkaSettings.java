package dev.reprise.runtime;

import dev.reprise.contract.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * The client settings of the cluster and the names of its topics.
 *
 * @param clientProperties Kafka client settings under Kafka's names, including {@code
 *     bootstrap.servers}; passed to every client
 * @param topics the topic names
 */
public record KafkaSettings(Map<String, String> clientProperties, Topics topics) {
  public KafkaSettings {
    clientProperties = Map.copyOf(clientProperties);
    if (!clientProperties.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
      throw new IllegalArgumentException("bootstrap.servers is missing.");
    }
  }

  public String bootstrapServers() {
    return clientProperties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "");
  }

  /** Returns whether the clients authenticate, by SASL or by a TLS certificate. */
  public boolean isAuthenticated() {
    return !securityProtocol().equals("PLAINTEXT");
  }

  /** Returns whether the clients use TLS. */
  boolean isEncrypted() {
    return securityProtocol().endsWith("SSL");
  }

  private String securityProtocol() {
    return clientProperties.getOrDefault(
        CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
        CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL);
  }

  /** Returns the principal of the clients, as far as the settings name it. */
  public ClientPrincipal principal() {
    return ClientPrincipal.of(clientProperties);
  }

  /** Returns {@code defaults} with the client settings overriding them. */
  public Map<String, Object> overriding(Map<String, ?> defaults) {
    Map<String, Object> merged = new HashMap<>(defaults);
    merged.putAll(clientProperties);
    return merged;
  }
}
