package dev.reprise.api.server;

import dev.reprise.api.security.AllowedHosts;
import dev.reprise.api.security.ServerCertificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Configuration of {@link ApiServer}.
 *
 * @param host host name or address to listen on
 * @param advertisedHost host at which other instances reach this one, if different
 * @param port port to listen on; 0 for any free port
 * @param certificate for TLS; without it, the server speaks plain HTTP
 * @param token bearer token that requests need, if any
 * @param corsOrigins origins whose pages may send requests, {@code https://host:port}
 * @param maxRequestBytes largest body of a request
 */
public record ServerConfig(
    String host,
    Optional<String> advertisedHost,
    int port,
    Optional<ServerCertificate> certificate,
    Optional<String> token,
    List<String> corsOrigins,
    long maxRequestBytes) {
  public ServerConfig {
    corsOrigins = List.copyOf(corsOrigins);
  }

  /**
   * Returns the allowed hosts, including those of CORS origins: their proxies forward requests
   * here.
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
