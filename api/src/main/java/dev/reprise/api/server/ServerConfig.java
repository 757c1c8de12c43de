package dev.reprise.api.server;

import dev.reprise.api.security.AllowedHosts;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * @param advertisedHost that other instances ask, if it is another
 * @param port 0 for any free port
 * @param token that requests must bear, if any
 * @param corsOrigins whose pages may ask, {@code https://host:port}
 * @param maxRequestBytes largest body of a request
 */
public record ServerConfig(
    String host,
    Optional<String> advertisedHost,
    int port,
    Optional<String> token,
    List<String> corsOrigins,
    long maxRequestBytes) {
  public ServerConfig {
    corsOrigins = List.copyOf(corsOrigins);
  }

  /**
   * Returns the allowed hosts, those of CORS origins included: their proxies forward requests here.
   */
  public AllowedHosts allowedHosts() {
    return new AllowedHosts(
        Stream.of(
                Stream.of(host),
                advertisedHost.stream(),
                corsOrigins.stream().map(origin -> origin.replaceFirst("^https?://", "")))
            .flatMap(names -> names)
            .toList());
  }
}
