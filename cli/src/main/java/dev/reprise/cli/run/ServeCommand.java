package dev.reprise.cli.run;

import dev.reprise.api.ApiConfig;
import dev.reprise.api.ApiService;
import dev.reprise.api.security.ServerCertificate;
import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.command.ShutdownCloser;
import dev.reprise.cli.command.Version;
import dev.reprise.cli.options.ApiOptions;
import dev.reprise.cli.options.DataOptions;
import dev.reprise.cli.options.EvaluationOptions;
import dev.reprise.cli.options.ExtractionOptions;
import dev.reprise.cli.options.Footprints;
import dev.reprise.cli.options.ModelOptions;
import dev.reprise.cli.options.SourceOptions;
import dev.reprise.cli.options.SpoolRetentionOptions;
import dev.reprise.cli.options.ThreadOptions;
import dev.reprise.cli.output.Terminal;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.EndpointsConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    description = {
      "Runs everything on this machine until stopped: a broker, the extractor, the inference"
          + " service with its evaluation, the API and the page.",
      "Drop files on the page, or use 'reprise submit --inline FILES'."
    })
public final class ServeCommand implements Callable<Integer> {
  /** Maximum wait for tracks of earlier starts before the page's address is printed. */
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(1);

  private final CommandContext context;

  @Mixin private final ApiOptions api = new ApiOptions();

  @Option(
      names = "--port",
      paramLabel = "N",
      description =
          "Port of the Kafka broker, 0 for any free one (default: ${DEFAULT-VALUE}, the default of"
              + " every command).")
  private int brokerPort = 9092;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Folder for the topics and the services' state; may be the one of a run (default:"
              + " ~/.local/state/reprise/serve, or $XDG_STATE_HOME/reprise/serve if that is set).")
  private @Nullable Path dataDirectory;

  @Mixin private final ThreadOptions threads = new ThreadOptions(Footprints.SERVE);

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final ExtractionOptions extraction = new ExtractionOptions();
  @Mixin private final SourceOptions sources = new SourceOptions();
  @Mixin private final SpoolRetentionOptions spoolRetention = new SpoolRetentionOptions();
  @Mixin private final EvaluationOptions evaluation = new EvaluationOptions();

  public ServeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws ConfigurationException, IOException, InterruptedException {
    Path data = dataDirectory == null ? new DataOptions().of("serve") : dataDirectory;
    Optional<ServerCertificate> certificate = api.certificate();
    try (ShutdownCloser closer = new ShutdownCloser()) {
      Pipeline pipeline = Pipeline.start(config(data), closer);
      ApiService service =
          closer.add(ApiService.start(apiConfig(pipeline, data, certificate), pipeline::live));
      pipeline.watch("API", service::awaitStop);
      service.awaitReady(READY_TIMEOUT);
      printAddresses(pipeline, service);
      String failure = pipeline.awaitFailure();
      context.terminal().note(failure);
      return ExitCode.FAILED;
    }
  }

  private void printAddresses(Pipeline pipeline, ApiService service) throws ConfigurationException {
    Terminal terminal = context.terminal();
    terminal.note("The page is at %s.".formatted(api.url(service.apiPort())));
    terminal.note(
        "Kafka is at %s%s."
            .formatted(
                pipeline.kafka().bootstrapServers(),
                pipeline.kafka().isAuthenticated()
                    ? ", for user %s with the API's token as password (SASL PLAIN)"
                        .formatted(Pipeline.KAFKA_USER)
                    : ""));
    terminal.note(
        "Metrics are at http://127.0.0.1:%d/metrics (extractor), %d (inference) and %d (API)."
            .formatted(
                pipeline.extractorHttpPort(), pipeline.inferenceHttpPort(), service.httpPort()));
    api.exposure().forEach(terminal::note);
  }

  private RunConfig config(Path data) throws ConfigurationException {
    int count = threads.count();
    return new RunConfig(
        Optional.of(data),
        brokerPort,
        api.bearerToken(),
        sources.limits(),
        sources.objectTrackIds(),
        count,
        count,
        extraction.config(),
        spoolRetention.retention(),
        model.repository(),
        model.model(),
        model.executionProvider(),
        Optional.of(evaluation.config()));
  }

  private ApiConfig apiConfig(Pipeline pipeline, Path data, Optional<ServerCertificate> certificate)
      throws ConfigurationException {
    return new ApiConfig(
        pipeline.kafka(),
        "reprise-api",
        data.toAbsolutePath().resolve("api"),
        api.host(),
        api.port(),
        api.advertised(),
        certificate,
        api.bearerToken(),
        api.corsOrigins(),
        api.maxEventReaders(),
        api.uploadMemory(),
        Optional.of(Pipeline.spool(data)),
        api.maxUploadBytes(),
        api.maxSpoolBytes(),
        EndpointsConfig.local(),
        Version.text());
  }
}
