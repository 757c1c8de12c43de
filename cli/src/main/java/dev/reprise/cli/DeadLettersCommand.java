package dev.reprise.cli;

import dev.reprise.cli.letters.Letter;
import dev.reprise.cli.letters.Letters;
import dev.reprise.cli.print.TextTable;
import dev.reprise.cli.settings.KafkaOptions;
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
final class DeadLettersCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private final KafkaOptions kafka;

  DeadLettersCommand(Context context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws ConfigurationException {
    return list(context, kafka);
  }

  private static int list(Context context, KafkaOptions kafka) throws ConfigurationException {
    TextTable table = new TextTable("n", "time", "key", "stage", "reason", "from", "message");
    List<Letter> letters = Letters.read(kafka.settings());
    if (letters.isEmpty()) {
      context.terminal().note("There are no dead letters.");
      return 0;
    }
    for (int i = 0; i < letters.size(); i++) {
      Letter letter = letters.get(i);
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
  static final class All implements Callable<Integer> {
    private final Context context;

    @Mixin private final KafkaOptions kafka;

    All(Context context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException {
      return list(context, kafka);
    }
  }

  @Command(name = "show", description = "Shows every header of one dead letter.")
  static final class One implements Callable<Integer> {
    private final Context context;

    @Mixin private final KafkaOptions kafka;

    @Parameters(paramLabel = "N", description = "Its number in the list.")
    private int number;

    One(Context context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException {
      KafkaSettings settings = kafka.settings();
      List<Letter> letters = Letters.read(settings);
      if (number < 1 || number > letters.size()) {
        throw new ConfigurationException(
            "There is no dead letter " + number + "; the list has " + letters.size() + ".");
      }
      DeadLetter letter =
          Letters.fetch(settings, letters.get(number - 1))
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
