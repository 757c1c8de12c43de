package dev.reprise.runtime;

import java.util.Map;
import java.util.Optional;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.JaasContext;

/**
 * The principal of the clients, as far as their settings name it: Kafka does not tell a client its
 * principal.
 *
 * @param name the principal, for example {@code User:extractor}; empty if the settings do not say
 * @param source where it comes from, for messages
 */
public record ClientPrincipal(Optional<String> name, String source) {
  private static final String USER = "User:";

  /**
   * Returns the principal of clients with the given settings.
   *
   * @throws KafkaException if the settings are invalid
   */
  static ClientPrincipal of(Map<String, ?> clientProperties) {
    // Resolves config providers, too.
    AbstractConfig config =
        new AbstractConfig(AdminClientConfig.configDef(), clientProperties, false);
    String protocol = config.getString(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
    if (protocol.startsWith("SASL_")) {
      return ofSasl(config);
    }
    boolean hasCertificate =
        config.getString(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG) != null
            || config.getPassword(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG) != null;
    if (protocol.equals("SSL") && hasCertificate) {
      return new ClientPrincipal(Optional.empty(), "the subject of the client certificate");
    }
    return new ClientPrincipal(Optional.of(USER + "ANONYMOUS"), "the client does not authenticate");
  }

  private static ClientPrincipal ofSasl(AbstractConfig config) {
    String mechanism = config.getString(SaslConfigs.SASL_MECHANISM);
    Optional<String> username =
        JaasContext.loadClientContext(config.values()).configurationEntries().stream()
            .map(AppConfigurationEntry::getOptions)
            .flatMap(options -> Optional.ofNullable(options.get("username")).stream())
            .map(name -> USER + name)
            .findFirst();
    return new ClientPrincipal(
        username,
        username.isPresent()
            ? "the user name for SASL " + mechanism
            : "the principal that SASL " + mechanism + " authenticates");
  }

  /** Returns the principal for a sentence. */
  public String text() {
    return name.orElse(source);
  }

  /** Returns the argument of {@code kafka-acls --allow-principal}. */
  String forAcls() {
    return name.orElse(USER + "NAME");
  }
}
