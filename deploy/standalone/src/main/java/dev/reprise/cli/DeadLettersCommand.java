package dev.reprise.cli;

import dev.reprise.cli.print.TextTable;
import dev.reprise.cli.settings.KafkaOptions;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DeadLetter;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "dead-letters",
    description = "Lists what was rejected, and why, or shows one of the list.",
    synopsisSubcommandLabel = "[list|show N]")
final class DeadLettersCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(500);

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

  /** All dead letters that are committed, oldest first. */
  private static List<DeadLetter> read(KafkaOptions kafka) throws ConfigurationException {
    KafkaSettings settings = kafka.settings();
    ClusterCheck.connect(settings).close();
    List<DeadLetter> letters = new ArrayList<>();
    try (TopicReader reader =
        TopicReader.fromBeginning(settings, List.of(settings.topics().deadLetters()))) {
      while (!reader.atEnd()) {
        reader.poll(POLL).forEach(record -> letters.add(DeadLetter.of(record)));
      }
    }
    letters.sort(Comparator.comparing(DeadLetter::time).thenComparing(DeadLetter::source));
    return letters;
  }

  private static int list(Context context, KafkaOptions kafka) throws ConfigurationException {
    TextTable table = new TextTable("n", "time", "key", "stage", "reason", "from", "message");
    List<DeadLetter> letters = read(kafka);
    if (letters.isEmpty()) {
      context.terminal().note("There are no dead letters.");
      return 0;
    }
    for (int i = 0; i < letters.size(); i++) {
      DeadLetter letter = letters.get(i);
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
      List<DeadLetter> letters = read(kafka);
      if (number < 1 || number > letters.size()) {
        throw new ConfigurationException(
            "There is no dead letter " + number + "; the list has " + letters.size() + ".");
      }
      DeadLetter letter = letters.get(number - 1);
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
