package dev.reprise.cli.service;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.command.ShutdownCloser;
import dev.reprise.cli.options.DataOptions;
import dev.reprise.cli.options.ExtractionOptions;
import dev.reprise.cli.options.Footprints;
import dev.reprise.cli.options.HttpOptions;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.options.SourceOptions;
import dev.reprise.cli.options.SpoolOptions;
import dev.reprise.cli.options.SpoolRetentionOptions;
import dev.reprise.cli.options.ThreadOptions;
import dev.reprise.extractor.ExtractorConfig;
import dev.reprise.extractor.ExtractorService;
import dev.reprise.runtime.ConfigurationException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "extractor",
    description = "Runs the extractor until stopped: audio events in, MFCC clips out.")
public final class ExtractorCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final KafkaOptions kafka;
  @Mixin private final SourceOptions sources = new SourceOptions();
  @Mixin private final ExtractionOptions extraction = new ExtractionOptions();
  @Mixin private final SpoolOptions spool = new SpoolOptions();
  @Mixin private final SpoolRetentionOptions spoolRetention = new SpoolRetentionOptions();
  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final HttpOptions http = new HttpOptions(9404);

  @Option(
      names = "--application-id",
      paramLabel = "NAME",
      description = "Kafka Streams application id and consumer group (default: ${DEFAULT-VALUE}).")
  private String applicationId = "reprise-extractor";

  @Mixin private final ThreadOptions threads = new ThreadOptions(Footprints.EXTRACTOR);

  public ExtractorCommand(CommandContext context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws ConfigurationException, InterruptedException {
    try (ShutdownCloser closer = new ShutdownCloser()) {
      ExtractorService service = closer.add(ExtractorService.start(config()));
      context
          .terminal()
          .note(
              "Extractor running; metrics at http://%s:%d/metrics."
                  .formatted(http.host(), service.httpPort()));
      http.exposure().forEach(context.terminal()::note);
      return service.awaitStop() ? 0 : ExitCode.FAILED;
    }
  }

  private ExtractorConfig config() throws ConfigurationException {
    return new ExtractorConfig(
        kafka.settings(),
        applicationId,
        threads.count(),
        data.of("extractor"),
        sources.limits(),
        sources.objectTrackIds(),
        extraction.config(),
        spool.config(sources.store()),
        spoolRetention.retention(),
        http.endpoints());
  }
}
