package dev.reprise.cli.topics;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.runtime.KafkaSettings;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "acls",
    description = {
      "Prints the least permissions of a service or command, as commands of Kafka's kafka-acls.sh"
          + " or as a Strimzi KafkaUser.",
      "Changes nothing, and needs no cluster."
    })
public final class AclsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "CLIENT", description = "One of ${COMPLETION-CANDIDATES}.")
  private KafkaClient client = KafkaClient.EXTRACTOR;

  @Mixin private final KafkaOptions kafka;
  @Mixin private final PermissionOptions options = new PermissionOptions();

  @Option(
      names = "--principal",
      paramLabel = "TYPE:NAME",
      description = "Principal to grant them to (default: User:reprise- and the client's name).")
  private @Nullable String principal;

  @Option(
      names = "--strimzi",
      description = "Print a KafkaUser resource of Strimzi, instead of commands.")
  private boolean strimzi;

  public AclsCommand(CommandContext context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() {
    KafkaSettings settings = kafka.settings();
    AclText text =
        new AclText(
            options.permissions(client, settings.topics()),
            principal == null ? "User:reprise-" + client.label() : principal);
    (strimzi ? text.kafkaUser() : text.commands(settings.bootstrapServers()))
        .forEach(context.terminal()::print);
    return 0;
  }
}
