package dev.reprise.cli.options;

import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.EndpointsConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a service's HTTP endpoint for Prometheus and the orchestrator. */
public final class HttpOptions {
  @Option(
      names = "--http-host",
      paramLabel = "ADDRESS",
      description =
          "Address for /metrics and /health (default: ${DEFAULT-VALUE}, local connections only).")
  private String host = "127.0.0.1";

  @Option(
      names = "--http-port",
      paramLabel = "N",
      description =
          "Port for /metrics and /health, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--metrics-token",
      paramLabel = "TOKEN",
      description =
          "Token that requests for /metrics must carry; refused on the command line: set"
              + " REPRISE_METRICS_TOKEN (default: none, no authentication).")
  private @Nullable String metricsToken;

  @Option(
      names = "--metrics-token-file",
      paramLabel = "FILE",
      description = "File that contains the token.")
  private @Nullable Path metricsTokenFile;

  private final Token token = new Token("--metrics-token");

  public HttpOptions(int defaultPort) {
    this.port = defaultPort;
  }

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  public EndpointsConfig endpoints() throws ConfigurationException {
    return new EndpointsConfig(host, port, metricsToken());
  }

  private Optional<String> metricsToken() throws ConfigurationException {
    return token.of(metricsToken, metricsTokenFile);
  }

  /** Returns a sentence if clients on the network can read the metrics without a token. */
  public List<String> exposure() throws ConfigurationException {
    return metricsToken().isPresent() || Exposure.isLocal(host)
        ? List.of()
        : List.of(
            "The metrics at %s are open to the network: set --metrics-token-file to require a token."
                .formatted(host));
  }
}
