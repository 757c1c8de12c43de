package dev.reprise.cli.truth;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.output.Progress;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "truth",
    description = "Publishes the ground truth of tracks, which predictions are evaluated against.",
    synopsisSubcommandLabel = "COMMAND")
public final class TruthCommand {

  @Command(
      name = "load",
      description = {
        "Publishes FMA's echonest.csv, one record per track: the file as published, or with some of"
            + " its columns, in any order.",
        "A faulty row is reported and skipped; the exit code is then 1. Loading a file again"
            + " changes nothing, so an interrupted load can simply be repeated."
      })
  public static final class Load implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final KafkaOptions kafka;

    @Parameters(paramLabel = "FILE", description = "The echonest.csv.")
    private Path file = Path.of("");

    @Option(names = "--strict", description = "Publish nothing if any row is faulty.")
    private boolean strict;

    public Load(CommandContext context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException, IOException, ExecutionException {
      TruthCheck check = TruthCheck.of(file, context.terminal());
      KafkaSettings settings = kafka.settings();
      boolean refused = strict && check.refused() > 0;
      if (!refused) {
        publish(check.accepted(), settings);
      }
      context
          .terminal()
          .note(
              "%d tracks published to %s; %d rows refused%s."
                  .formatted(
                      refused ? 0 : check.accepted(),
                      settings.topics().truth(),
                      check.refused(),
                      refused ? ", and with them the file (--strict)" : ""));
      return check.refused() == 0 ? 0 : ExitCode.FAILED;
    }

    private void publish(int count, KafkaSettings settings)
        throws ConfigurationException, IOException, ExecutionException {
      try (ClusterCheck cluster = ClusterCheck.connect(settings)) {
        cluster.requireTopics(List.of(settings.topics().truth()));
      }
      int sent = 0;
      try (EchonestFile rows = EchonestFile.open(file);
          Progress progress = Progress.of(context.terminal(), "Loading", "tracks", count);
          TruthSender sender = new TruthSender(settings, progress::step)) {
        for (TruthRow row = rows.next(); row != null; row = rows.next()) {
          if (row.accepted()) {
            sender.send(row.truth());
            sent++;
          }
        }
        sender.finish();
      }
      if (sent != count) {
        throw new IOException(file + " has changed while it was loaded; load it again.");
      }
    }
  }
}
