package dev.reprise.cli.options;

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

  public HttpOptions(int defaultPort) {
    this.port = defaultPort;
  }

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }
}
