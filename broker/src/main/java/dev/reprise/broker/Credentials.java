package dev.reprise.broker;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The one user of a broker that requires a password, by SASL PLAIN: clients, and the broker and its
 * controller themselves.
 */
record Credentials(String user, String password) {
  private static final String LOGIN_MODULE =
      "org.apache.kafka.common.security.plain.PlainLoginModule required";

  /** Returns the settings of the broker, in which every listener requires the password. */
  Map<String, String> brokerSettings() {
    Map<String, String> settings = new HashMap<>();
    settings.put(
        "listener.security.protocol.map",
        "%s:SASL_PLAINTEXT,%s:SASL_PLAINTEXT"
            .formatted(BrokerSettings.CLIENTS, BrokerSettings.CONTROLLER));
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    // Otherwise every local user could delete topics through the controller.
    settings.put("sasl.mechanism.controller.protocol", "PLAIN");
    for (String listener : new String[] {BrokerSettings.CLIENTS, BrokerSettings.CONTROLLER}) {
      settings.put(
          "listener.name.%s.plain.sasl.jaas.config".formatted(listener.toLowerCase(Locale.ROOT)),
          "%s username=%s password=%s user_%s=%s;"
              .formatted(LOGIN_MODULE, quote(user), quote(password), user, quote(password)));
    }
    return settings;
  }

  /** Returns the settings of a client. */
  Map<String, String> clientSettings() {
    return Map.of(
        "security.protocol", "SASL_PLAINTEXT",
        "sasl.mechanism", "PLAIN",
        "sasl.jaas.config",
            "%s username=%s password=%s;".formatted(LOGIN_MODULE, quote(user), quote(password)));
  }

  private static String quote(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
