package dev.reprise.cli.deadletters;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.deadletters.Replay.Outcome;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.output.TextTable;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "replay",
    description = {
      "Sends the audio events of dead letters again, once their cause is fixed. Each event is sent"
          + " only once, however often it is replayed.",
      "Without --execute, only shows what would be sent. A dead letter must match every condition."
    })
public final class ReplayCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final KafkaOptions kafka;

  @Parameters(
      paramLabel = "N",
      arity = "0..*",
      description = "Dead letters by their numbers in the list.")
  private List<Integer> numbers = new ArrayList<>();

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      split = ",",
      description = "Dead letters with this reason, such as source-not-found; comma-separated.")
  private List<String> reasons = new ArrayList<>();

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "Dead letters of a track id or an extraction (topic-partition-offset); repeatable.")
  private List<String> ids = new ArrayList<>();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Dead letters written at this time or later, such as 2026-07-01T00:00:00Z.")
  private @Nullable Instant since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Dead letters written before this time.")
  private @Nullable Instant until;

  @Option(names = "--execute", description = "Send the events.")
  private boolean execute;

  public ReplayCommand(CommandContext context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws ConfigurationException, ExecutionException, InterruptedException {
    KafkaSettings settings = kafka.settings();
    SortedMap<Integer, DeadLetterSummary> deadLetters =
        new DeadLetterFilter(
                numbers, reasons, ids, Optional.ofNullable(since), Optional.ofNullable(until))
            .select(DeadLetterReader.read(settings));
    SortedMap<Integer, Outcome> outcomes;
    try (Replay replay = Replay.open(settings, execute)) {
      outcomes = replay.replay(deadLetters);
    }
    print(deadLetters, outcomes);
    return count(outcomes, Outcome.Kind.IMPOSSIBLE) == 0 ? 0 : ExitCode.FAILED;
  }

  private void print(
      SortedMap<Integer, DeadLetterSummary> deadLetters, SortedMap<Integer, Outcome> outcomes) {
    if (deadLetters.isEmpty()) {
      context.terminal().note("No dead letter matches the conditions.");
      return;
    }
    TextTable table = new TextTable("n", "key", "reason", "from", "replay");
    deadLetters.forEach(
        (number, deadLetter) -> {
          Outcome outcome = outcomes.get(number);
          table.add(
              Integer.toString(number),
              deadLetter.key(),
              deadLetter.reason(),
              deadLetter.source(),
              outcome == null ? "" : outcome.text());
        });
    table.print(context.terminal());
    context
        .terminal()
        .note(
            "%d %s, %d already sent, %d cannot be sent.%s"
                .formatted(
                    count(outcomes, Outcome.Kind.SENT),
                    execute ? "sent" : "to be sent",
                    count(outcomes, Outcome.Kind.ALREADY_SENT),
                    count(outcomes, Outcome.Kind.IMPOSSIBLE),
                    execute ? "" : " Nothing is sent without --execute."));
  }

  private static long count(SortedMap<Integer, Outcome> outcomes, Outcome.Kind kind) {
    return outcomes.values().stream().filter(outcome -> outcome.kind() == kind).count();
  }
}
