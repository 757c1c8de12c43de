package dev.reprise.cli.consume;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.contract.Topics;
import dev.reprise.contract.Topics.Spec;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.Permission;
import dev.reprise.runtime.TopicReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.acl.AclOperation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "consume",
    description = "Prints the records of a topic as they arrive, one line of JSON each.")
public final class ConsumeCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(500);

  private final CommandContext context;

  @Mixin private final KafkaOptions kafka;

  @Option(
      names = "--topic",
      paramLabel = "NAME",
      description =
          "Topic, with or without prefix and suffix: predictions, clip-predictions, dead-letters,"
              + " mfcc, audio-files, model-references, truth, quality, quality-windows, drift"
              + " (default: ${DEFAULT-VALUE}).")
  private String topic = "predictions";

  @Option(
      names = "--from-beginning",
      description = "Print the existing records first, then new ones.")
  private boolean fromBeginning;

  @Option(
      names = "--max",
      paramLabel = "N",
      description = "Stop after this many records (default: unlimited).")
  private long max = Long.MAX_VALUE;

  public ConsumeCommand(CommandContext context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws ConfigurationException {
    KafkaSettings settings = kafka.settings();
    String name = fullName(settings.topics());
    try (ClusterCheck cluster = ClusterCheck.connect(settings)) {
      cluster.require(List.of(Permission.topic(AclOperation.READ, name)));
    }
    try (TopicReader reader =
        fromBeginning
            ? TopicReader.fromBeginning(settings, List.of(name))
            : TopicReader.fromEnd(settings, List.of(name))) {
      boolean isMfcc = name.equals(settings.topics().mfcc());
      long printed = 0;
      while (printed < max) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          if (printed < max) {
            context.terminal().print(RecordText.json(record, isMfcc));
            printed++;
          }
        }
      }
      return 0;
    }
  }

  private String fullName(Topics topics) {
    String name = topics.prefix() + topic + topics.suffix();
    return topics.specs().stream().map(Spec::name).anyMatch(name::equals) ? name : topic;
  }
}
