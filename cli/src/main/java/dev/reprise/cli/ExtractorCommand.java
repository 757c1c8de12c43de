package dev.reprise.cli;

import dev.reprise.cli.run.Closing;
import dev.reprise.cli.settings.DataOptions;
import dev.reprise.cli.settings.ExtractionOptions;
import dev.reprise.cli.settings.Footprints;
import dev.reprise.cli.settings.HttpOptions;
import dev.reprise.cli.settings.KafkaOptions;
import dev.reprise.cli.settings.SourceOptions;
import dev.reprise.cli.settings.ThreadOptions;
import dev.reprise.extractor.ExtractorConfig;
import dev.reprise.extractor.ExtractorService;
import dev.reprise.runtime.ConfigurationException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "extractor",
    description = "Runs the extractor until told to stop: audio events in, MFCC clips out.")
final class ExtractorCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private final KafkaOptions kafka;
  @Mixin private final SourceOptions sources = new SourceOptions();
  @Mixin private final ExtractionOptions extraction = new ExtractionOptions();
  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final HttpOptions http = new HttpOptions(9404);

  @Option(
      names = "--application-id",
      paramLabel = "NAME",
      description = "Kafka Streams application id and consumer group (default: ${DEFAULT-VALUE}).")
  private String applicationId = "reprise-extractor";

  @Mixin private final ThreadOptions threads = new ThreadOptions(Footprints.EXTRACTOR);

  ExtractorCommand(Context context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws ConfigurationException, InterruptedException {
    try (Closing closing = new Closing()) {
      ExtractorService service = closing.add(ExtractorService.start(config()));
      context
          .terminal()
          .note(
              "Extractor running; metrics at http://%s:%d/metrics."
                  .formatted(http.host(), service.httpPort()));
      return service.awaitStop() ? 0 : Cli.FAILED;
    }
  }

  private ExtractorConfig config() throws ConfigurationException {
    return new ExtractorConfig(
        kafka.settings(),
        applicationId,
        threads.count(),
        data.of("extractor"),
        sources.limits(),
        extraction.config(),
        http.host(),
        http.port());
  }
}
