package dev.reprise.api.http;

import java.util.List;
import java.util.Optional;

/**
 * @param port 0 for any free port
 * @param token that requests must bear, if any
 * @param corsOrigins whose pages may ask, {@code https://host:port}
 * @param maxEventReaders readers of the event stream at a time
 */
public record ServerConfig(
    String host, int port, Optional<String> token, List<String> corsOrigins, int maxEventReaders) {
  public ServerConfig {
    corsOrigins = List.copyOf(corsOrigins);
  }
}
