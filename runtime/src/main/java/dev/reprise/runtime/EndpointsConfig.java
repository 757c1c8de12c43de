package dev.reprise.runtime;

import java.util.Optional;

/**
 * The configuration of {@link Endpoints}.
 *
 * @param host host name or address to listen on
 * @param port port to listen on; 0 for any free port
 * @param metricsToken bearer token that requests for metrics need, if any; health needs none
 */
public record EndpointsConfig(String host, int port, Optional<String> metricsToken) {
  /** Returns the configuration of endpoints on any free port, for local clients. */
  public static EndpointsConfig local() {
    return new EndpointsConfig("127.0.0.1", 0, Optional.empty());
  }
}
