package dev.reprise.cli.topics;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.options.PositiveInteger;
import dev.reprise.cli.output.TextTable;
import dev.reprise.contract.Topics.Spec;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.Permission;
import dev.reprise.runtime.Permissions;
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
    description = "Creates or lists the topics, or prints the ACLs that clients need.",
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
        TopicAdmin topics = new TopicAdmin(settings, cluster.admin());
        requirePermissions(settings, cluster);
        List<String> created =
            topics.create(specs, partitions, Optional.ofNullable(replicationFactor));
        for (TopicState topic : topics.describe(specs)) {
          context.terminal().print(outcome(topic, created.contains(topic.spec().name())));
        }
        return 0;
      }
    }

    private static void requirePermissions(KafkaSettings settings, ClusterCheck cluster)
        throws ConfigurationException {
      List<String> errors =
          cluster.missing(Permissions.topics(settings.topics())).stream()
              .filter(Permission::isRequired)
              .map(permission -> permission.missing(settings.principal()))
              .toList();
      if (!errors.isEmpty()) {
        throw new ConfigurationException(errors);
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
      description = {
        "Lists the topics and their settings that differ from Reprise's.",
        "Exits with 1 if a topic is missing, or the permission to describe it."
      })
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
        List<TopicState> topics =
            new TopicAdmin(settings, cluster.admin()).describe(settings.topics().specs());
        for (TopicState topic : topics) {
          table.add(
              topic.spec().name(),
              topic.exists() ? Integer.toString(topic.partitions()) : "-",
              topic.exists() ? Integer.toString(topic.replicas()) : "-",
              settingsOf(topic));
        }
        table.print(context.terminal());
        topics.stream()
            .flatMap(topic -> topic.missingPermission(settings.principal()).stream())
            .forEach(context.terminal()::note);
        return topics.stream().allMatch(TopicState::exists) ? 0 : ExitCode.FAILED;
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
