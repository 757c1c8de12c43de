package dev.reprise.cli.service;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ShutdownCloser;
import dev.reprise.cli.options.Exposure;
import dev.reprise.cli.options.Footprints;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "broker",
    description = {
      "Runs a single-node Kafka cluster, a broker and its controller, until stopped.",
      "For evaluation only: it has no security, and keeps one copy of each record."
    })
public final class BrokerCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on (default: ${DEFAULT-VALUE}, local connections only).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port to listen on, 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port = 9092;

  @Option(
      names = "--advertised-host",
      paramLabel = "HOST",
      description = "Host that is advertised to clients (default: --host).")
  private @Nullable String advertisedHost;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Folder for the data, which is kept in its subfolder broker (default: a temporary folder,"
              + " deleted at the end).")
  private @Nullable Path dataDirectory;

  public BrokerCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws ConfigurationException, IOException {
    Footprints.BROKER.check(1, Machine.here());
    try (ShutdownCloser closer = new ShutdownCloser()) {
      EmbeddedBroker broker = closer.add(start());
      context.terminal().note("Kafka broker at " + broker.bootstrapServers() + ".");
      if (!Exposure.isLocal(host)) {
        context
            .terminal()
            .note("The broker at %s is open to the network: it has no security.".formatted(host));
      }
      broker.awaitStop();
      return 0;
    }
  }

  private EmbeddedBroker start() throws IOException {
    EmbeddedBroker.Builder builder = EmbeddedBroker.builder().host(host).port(port);
    if (advertisedHost != null) {
      builder.advertisedHost(advertisedHost);
    }
    if (dataDirectory != null) {
      builder.dataDirectory(dataDirectory.resolve("broker"));
    }
    return builder.start();
  }
}
