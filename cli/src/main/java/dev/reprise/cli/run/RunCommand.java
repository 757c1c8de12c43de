package dev.reprise.cli.run;

import dev.reprise.api.ApiConfig;
import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.command.ShutdownCloser;
import dev.reprise.cli.files.TrackOptions;
import dev.reprise.cli.files.TrackSelection;
import dev.reprise.cli.options.ExtractionOptions;
import dev.reprise.cli.options.Footprints;
import dev.reprise.cli.options.ModelOptions;
import dev.reprise.cli.options.ThreadOptions;
import dev.reprise.cli.output.Output;
import dev.reprise.cli.output.PredictionFormat;
import dev.reprise.cli.output.Progress;
import dev.reprise.cli.output.ShellWord;
import dev.reprise.cli.output.Terminal;
import dev.reprise.extractor.ExtractorConfig;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.source.S3Config;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.runtime.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    description = {
      "Predicts the features of audio files: starts a broker, the extractor and the inference"
          + " service in this process, submits the files and prints their predictions.",
      "Exits with 1 if a file fails."
    })
public final class RunCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final TrackOptions files = new TrackOptions();

  @Option(
      names = "--format",
      paramLabel = "table|json|csv",
      description =
          "Format of the predictions; json is one Prediction record per line (default: table).")
  private PredictionFormat format = PredictionFormat.TABLE;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "File to write the predictions to (default: standard output).")
  private @Nullable Path out;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Folder for the topics and the services' state (default: a temporary folder, deleted at"
              + " the end).")
  private @Nullable Path dataDirectory;

  @Mixin private final ThreadOptions threads = new ThreadOptions(Footprints.RUN);

  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final ExtractionOptions extraction = new ExtractionOptions();

  public RunCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    TrackSelection selection = files.select();
    Terminal terminal = context.terminal();
    if (selection.tracks().isEmpty()) {
      selection.skipped().ifPresent(terminal::note);
      selection.errors().forEach(terminal::note);
      return ExitCode.FAILED;
    }
    try (ShutdownCloser closer = new ShutdownCloser();
        Output output = Output.to(out, terminal)) {
      Pipeline pipeline = Pipeline.start(config(selection), closer);
      RunSummary summary;
      try (Progress progress =
          Progress.of(terminal, "Predicting", "tracks", selection.tracks().size())) {
        summary = new RunClient(pipeline, format, output, progress, selection).run();
      }
      summary.lines(format == PredictionFormat.TABLE).forEach(terminal::note);
      terminal.note(pageHint(dataDirectory));
      return summary.isSuccess() ? 0 : ExitCode.FAILED;
    }
  }

  /** Returns the command that shows the predicted tracks on the page. */
  public static String pageHint(@Nullable Path dataDirectory) {
    String page = "http://127.0.0.1:" + ApiConfig.DEFAULT_API_PORT + "/";
    return dataDirectory == null
        ? "For a web page with uploads and similar tracks: ./reprise serve, then " + page
        : "To see these tracks on a web page: ./reprise serve --data-dir %s, then %s"
            .formatted(ShellWord.of(dataDirectory.toString()), page);
  }

  private RunConfig config(TrackSelection selection) throws ConfigurationException {
    int count = threads.count();
    return new RunConfig(
        Optional.ofNullable(dataDirectory),
        0,
        Optional.empty(),
        new SourceLimits(
            selection.roots(),
            List.of(),
            Long.MAX_VALUE,
            SourceLimits.defaults().maxFetchTime(),
            S3Config.none()),
        ObjectTrackIdRule.PATH,
        count,
        // More decoders than files would be idle.
        Math.min(count, selection.tracks().size()),
        extraction.config(),
        ExtractorConfig.DEFAULT_SPOOL_RETENTION,
        model.repository(),
        model.model(),
        model.executionProvider(),
        // Predictions are only printed, not evaluated.
        Optional.empty());
  }
}
