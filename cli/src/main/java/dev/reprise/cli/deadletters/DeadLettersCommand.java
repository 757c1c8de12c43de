package dev.reprise.cli.deadletters;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.output.TextTable;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DeadLetterRecord;
import dev.reprise.runtime.KafkaSettings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "dead-letters",
    description = "Lists dead letters, shows one, or replays their audio events.",
    synopsisSubcommandLabel = "[list|show N|replay]")
public final class DeadLettersCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final KafkaOptions kafka;

  public DeadLettersCommand(CommandContext context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws ConfigurationException {
    return list(context, kafka);
  }

  private static int list(CommandContext context, KafkaOptions kafka)
      throws ConfigurationException {
    TextTable table = new TextTable("n", "time", "key", "stage", "reason", "from", "message");
    List<DeadLetterSummary> deadLetters = DeadLetterReader.read(kafka.settings());
    if (deadLetters.isEmpty()) {
      context.terminal().note("There are no dead letters.");
      return 0;
    }
    for (int i = 0; i < deadLetters.size(); i++) {
      DeadLetterSummary deadLetter = deadLetters.get(i);
      table.add(
          Integer.toString(i + 1),
          deadLetter.time().toString(),
          deadLetter.key(),
          deadLetter.stage(),
          deadLetter.reason(),
          deadLetter.source(),
          deadLetter.message());
    }
    table.print(context.terminal());
    return 0;
  }

  @Command(name = "list", description = "Lists dead letters, oldest first.")
  public static final class ListDeadLetters implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final KafkaOptions kafka;

    public ListDeadLetters(CommandContext context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException {
      return list(context, kafka);
    }
  }

  @Command(name = "show", description = "Shows all headers of a dead letter.")
  public static final class ShowDeadLetter implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final KafkaOptions kafka;

    @Parameters(paramLabel = "N", description = "The dead letter's number in the list.")
    private int number;

    public ShowDeadLetter(CommandContext context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException {
      KafkaSettings settings = kafka.settings();
      List<DeadLetterSummary> deadLetters = DeadLetterReader.read(settings);
      if (number < 1 || number > deadLetters.size()) {
        throw new ConfigurationException(
            "There is no dead letter " + number + "; the list has " + deadLetters.size() + ".");
      }
      DeadLetterRecord deadLetter =
          DeadLetterReader.fetch(settings, deadLetters.get(number - 1))
              .orElseThrow(
                  () ->
                      new ConfigurationException(
                          "Dead letter " + number + " has just been deleted."));
      context.terminal().print("key: " + deadLetter.key());
      context.terminal().print("time: " + deadLetter.time());
      // Indented, so that a line of a stack trace or message is not mistaken for a header.
      deadLetter
          .headers()
          .forEach(
              (name, value) ->
                  (name + ": " + value.replaceAll("\\R", "\n  "))
                      .lines()
                      .forEach(context.terminal()::print));
      context.terminal().print("value: " + deadLetter.valueBytes() + " bytes");
      return 0;
    }
  }
}
