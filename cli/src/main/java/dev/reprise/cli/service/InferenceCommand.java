package dev.reprise.cli.service;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.command.ShutdownCloser;
import dev.reprise.cli.options.DataOptions;
import dev.reprise.cli.options.EvaluationOptions;
import dev.reprise.cli.options.Footprints;
import dev.reprise.cli.options.HttpOptions;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.options.ModelOptions;
import dev.reprise.cli.options.ThreadOptions;
import dev.reprise.inference.InferenceConfig;
import dev.reprise.inference.InferenceService;
import dev.reprise.runtime.ConfigurationException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "inference",
    description = "Runs the inference service until stopped: MFCC clips in, predictions out.")
public final class InferenceCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final KafkaOptions kafka;
  @Mixin private final ModelOptions model = new ModelOptions();

  @Option(
      names = "--shadow-model",
      paramLabel = "NAME[@VERSION]",
      description =
          "Model that also scores the clips, for comparison; its track predictions go to the topic"
              + " of predictions with .shadow appended (default: none).")
  private @Nullable String shadowModel;

  @Option(
      names = "--model-reload-interval",
      paramLabel = "TIME",
      description = "How often to check the repository for a newer model (default: 10s).")
  private Duration modelReloadInterval = InferenceConfig.DEFAULT_MODEL_RELOAD_INTERVAL;

  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final HttpOptions http = new HttpOptions(9405);

  @Option(
      names = "--application-id",
      paramLabel = "NAME",
      description = "Kafka Streams application id and consumer group (default: ${DEFAULT-VALUE}).")
  private String applicationId = "reprise-inference";

  @Mixin private final ThreadOptions threads = new ThreadOptions(Footprints.INFERENCE);
  @Mixin private final EvaluationOptions evaluation = new EvaluationOptions();

  public InferenceCommand(CommandContext context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws ConfigurationException, InterruptedException {
    try (ShutdownCloser closer = new ShutdownCloser()) {
      InferenceService service = closer.add(InferenceService.start(config()));
      context
          .terminal()
          .note(
              "Inference running, model %s %s; metrics at http://%s:%d/metrics."
                  .formatted(
                      service.model().name(),
                      service.model().version(),
                      http.host(),
                      service.httpPort()));
      http.exposure().forEach(context.terminal()::note);
      return service.awaitStop() ? 0 : ExitCode.FAILED;
    }
  }

  private InferenceConfig config() throws ConfigurationException {
    return new InferenceConfig(
        kafka.settings(),
        applicationId,
        threads.count(),
        data.of("inference"),
        model.repository(),
        model.model(),
        Optional.ofNullable(shadowModel),
        modelReloadInterval,
        model.executionProvider(),
        Optional.of(evaluation.config()),
        http.endpoints());
  }
}
