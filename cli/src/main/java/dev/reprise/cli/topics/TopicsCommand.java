package dev.reprise.cli.topics;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.options.PositiveInteger;
import dev.reprise.cli.output.TextTable;
import dev.reprise.contract.Topics.Spec;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.utils.SecurityUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "topics",
    description = "Creates or lists the topics.",
    synopsisSubcommandLabel = "COMMAND")
public final class TopicsCommand {

  @Command(
      name = "create",
      description = {
        "Creates missing topics with the settings that Reprise specifies.",
        "Does not change existing topics; prints settings that differ."
      })
  public static final class CreateTopics implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final KafkaOptions kafka;

    @Option(
        names = "--partitions",
        paramLabel = "N",
        converter = PositiveInteger.class,
        description =
            "Partitions of each topic, which limit how many files are extracted and clips scored"
                + " concurrently (default: ${DEFAULT-VALUE}).")
    private int partitions = 12;

    @Option(
        names = "--replication-factor",
        paramLabel = "N",
        description = "Copies of each record (default: the cluster's default).")
    private @Nullable Short replicationFactor;

    public CreateTopics(CommandContext context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException, InterruptedException {
      KafkaSettings settings = kafka.settings();
      List<Spec> specs = settings.topics().specs();
      try (ClusterCheck cluster = ClusterCheck.connect(settings)) {
        TopicAdmin topics = new TopicAdmin(cluster.admin());
        List<String> created =
            topics.create(specs, partitions, Optional.ofNullable(replicationFactor));
        for (TopicState topic : topics.describe(specs)) {
          context.terminal().print(outcome(topic, created.contains(topic.spec().name())));
        }
        return 0;
      }
    }

    private static String outcome(TopicState topic, boolean created) {
      String differences = topic.differences();
      return topic.spec().name()
          + (created ? " created, " : " exists, ")
          + topic.partitions()
          + " partitions"
          + (differences.isEmpty() ? "" : "; differs: " + differences)
          + topic.missingPermission().map(it -> "; settings unknown").orElse("");
    }
  }

  @Command(
      name = "list",
      description = "Lists the topics and their settings that differ from Reprise's.")
  public static final class ListTopics implements Callable<Integer> {
    private final CommandContext context;

    @Mixin private final KafkaOptions kafka;

    public ListTopics(CommandContext context) {
      this.context = context;
      this.kafka = new KafkaOptions(context.sources());
    }

    @Override
    public Integer call() throws ConfigurationException, InterruptedException {
      KafkaSettings settings = kafka.settings();
      try (ClusterCheck cluster = ClusterCheck.connect(settings)) {
        TextTable table = new TextTable("topic", "partitions", "replicas", "settings");
        for (TopicState topic :
            new TopicAdmin(cluster.admin()).describe(settings.topics().specs())) {
          table.add(
              topic.spec().name(),
              topic.exists() ? Integer.toString(topic.partitions()) : "-",
              topic.exists() ? Integer.toString(topic.replicas()) : "-",
              settingsOf(topic));
        }
        table.print(context.terminal());
        return 0;
      }
    }

    private static String settingsOf(TopicState topic) {
      if (topic.missingPermission().isPresent()) {
        return "permission missing: "
            + SecurityUtils.operationName(topic.missingPermission().get());
      }
      if (!topic.exists()) {
        return "missing";
      }
      return topic.differences().isEmpty() ? "as specified" : topic.differences();
    }
  }
}
