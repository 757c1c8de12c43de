package dev.reprise.cli.service;

import dev.reprise.api.ApiConfig;
import dev.reprise.api.ApiService;
import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.command.ShutdownCloser;
import dev.reprise.cli.command.Version;
import dev.reprise.cli.options.ApiOptions;
import dev.reprise.cli.options.DataOptions;
import dev.reprise.cli.options.Footprints;
import dev.reprise.cli.options.HttpOptions;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.options.S3Options;
import dev.reprise.cli.options.SpoolOptions;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.Machine;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "api",
    description = {
      "Runs the HTTP API and the page until stopped: tracks by id, similar tracks, uploads,"
          + " events.",
      "Several instances with the same application id share the tracks; each serves all of them."
    })
public final class ApiCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final KafkaOptions kafka;
  @Mixin private final ApiOptions api = new ApiOptions();
  @Mixin private final SpoolOptions spool = new SpoolOptions();
  @Mixin private final S3Options s3 = new S3Options();
  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final HttpOptions http = new HttpOptions(9406);

  @Option(
      names = "--application-id",
      paramLabel = "NAME",
      description = "Kafka Streams application id and consumer group (default: ${DEFAULT-VALUE}).")
  private String applicationId = "reprise-api";

  public ApiCommand(CommandContext context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws ConfigurationException, InterruptedException {
    Footprints.API.check(1, Machine.here());
    try (ShutdownCloser closer = new ShutdownCloser()) {
      ApiService service = closer.add(ApiService.start(config(), Optional::empty));
      context
          .terminal()
          .note(
              "API running, page at %s; metrics at http://%s:%d/metrics."
                  .formatted(api.url(service.apiPort()), http.host(), service.httpPort()));
      api.exposure().forEach(context.terminal()::note);
      http.exposure().forEach(context.terminal()::note);
      return service.awaitStop() ? 0 : ExitCode.FAILED;
    }
  }

  private ApiConfig config() throws ConfigurationException {
    return new ApiConfig(
        kafka.settings(),
        applicationId,
        data.of("api"),
        api.host(),
        api.port(),
        api.advertised(),
        api.certificate(),
        api.bearerToken(),
        api.corsOrigins(),
        api.maxEventReaders(),
        api.uploadMemory(),
        spool.config(s3.store()),
        api.maxUploadBytes(),
        api.maxSpoolBytes(),
        http.endpoints(),
        Version.text());
  }
}
