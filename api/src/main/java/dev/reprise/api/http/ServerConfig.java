package dev.reprise.api.http;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * @param advertisedHost that other instances ask, if it is another
 * @param port 0 for any free port
 * @param token that requests must bear, if any
 * @param corsOrigins whose pages may ask, {@code https://host:port}
 * @param maxEventReaders readers of the event stream at a time
 */
public record ServerConfig(
    String host,
    Optional<String> advertisedHost,
    int port,
    Optional<String> token,
    List<String> corsOrigins,
    int maxEventReaders) {
  public ServerConfig {
    corsOrigins = List.copyOf(corsOrigins);
  }

  /** Whoever's pages may ask may also have the server under their name, behind a proxy. */
  OwnNames names() {
    return new OwnNames(
        Stream.of(
                Stream.of(host),
                advertisedHost.stream(),
                corsOrigins.stream().map(origin -> origin.replaceFirst("^https?://", "")))
            .flatMap(names -> names)
            .toList());
  }
}
