package dev.reprise.cli.deadletters;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.output.TextTable;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DeadLetter;
import dev.reprise.runtime.KafkaSettings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "dead-letters",
    description = "Lists what was rejected, and why, shows one of the list, or sends events again.",
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
    List<DeadLetterSummary> letters = DeadLetterReader.read(kafka.settings());
    if (letters.isEmpty()) {
      context.terminal().note("There are no dead letters.");
      return 0;
    }
    for (int i = 0; i < letters.size(); i++) {
      DeadLetterSummary letter = letters.get(i);
      table.add(
          Integer.toString(i + 1),
          letter.time().toString(),
          letter.key(),
          letter.stage(),
          letter.reason(),
          letter.source(),
          letter.message());
    }
    table.print(context.terminal());
    return 0;
  }

  @Command(name = "list", description = "Lists what was rejected, oldest first.")
  public static final class All implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final KafkaOptions kafka;

    public All(CommandContext context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException {
      return list(context, kafka);
    }
  }

  @Command(name = "show", description = "Shows every header of one dead letter.")
  public static final class One implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final KafkaOptions kafka;

    @Parameters(paramLabel = "N", description = "Its number in the list.")
    private int number;

    public One(CommandContext context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException {
      KafkaSettings settings = kafka.settings();
      List<DeadLetterSummary> letters = DeadLetterReader.read(settings);
      if (number < 1 || number > letters.size()) {
        throw new ConfigurationException(
            "There is no dead letter " + number + "; the list has " + letters.size() + ".");
      }
      DeadLetter letter =
          DeadLetterReader.fetch(settings, letters.get(number - 1))
              .orElseThrow(
                  () ->
                      new ConfigurationException(
                          "Dead letter " + number + " was deleted a moment ago."));
      context.terminal().print("key: " + letter.key());
      context.terminal().print("time: " + letter.time());
      // Indented, so that no line of a stack trace or message can pass for a header.
      letter
          .headers()
          .forEach(
              (name, value) ->
                  (name + ": " + value.replaceAll("\\R", "\n  "))
                      .lines()
                      .forEach(context.terminal()::print));
      context.terminal().print("value: " + letter.valueBytes() + " bytes");
      return 0;
    }
  }
}
