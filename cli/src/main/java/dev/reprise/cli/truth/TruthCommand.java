package dev.reprise.cli.truth;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.output.Progress;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.Permissions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "truth",
    description = "Publishes the ground truth that predictions are evaluated against.",
    synopsisSubcommandLabel = "COMMAND")
public final class TruthCommand {

  @Command(
      name = "load",
      description = {
        "Publishes FMA's echonest.csv, one record per track. The file may have any of its columns,"
            + " in any order.",
        "Reports and skips invalid rows, and then exits with 1. Loading a file again changes"
            + " nothing, so an interrupted load can simply be repeated."
      })
  public static final class LoadTruth implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final KafkaOptions kafka;

    @Parameters(paramLabel = "FILE", description = "The echonest.csv.")
    private Path file = Path.of("");

    @Option(names = "--strict", description = "Publish nothing if any row is invalid.")
    private boolean strict;

    public LoadTruth(CommandContext context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException, IOException, ExecutionException {
      TruthCheck check = TruthCheck.of(file, context.terminal());
      KafkaSettings settings = kafka.settings();
      boolean rejected = strict && check.rejected() > 0;
      if (!rejected) {
        publish(check.accepted(), settings);
      }
      context
          .terminal()
          .note(
              "%d tracks published to %s; %d rows rejected%s."
                  .formatted(
                      rejected ? 0 : check.accepted(),
                      settings.topics().truth(),
                      check.rejected(),
                      rejected ? ", and with them the whole file (--strict)" : ""));
      return check.rejected() == 0 ? 0 : ExitCode.FAILED;
    }

    private void publish(int count, KafkaSettings settings)
        throws ConfigurationException, IOException, ExecutionException {
      try (ClusterCheck cluster = ClusterCheck.connect(settings)) {
        cluster.require(Permissions.truth(settings.topics()));
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
        throw new IOException(file + " changed while it was being loaded; load it again.");
      }
    }
  }
}
