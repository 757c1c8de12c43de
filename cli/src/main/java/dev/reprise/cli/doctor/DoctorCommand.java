package dev.reprise.cli.doctor;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.doctor.Finding.Verdict;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.options.ModelOptions;
import dev.reprise.cli.output.TextTable;
import dev.reprise.cli.topics.KafkaClient;
import dev.reprise.cli.topics.PermissionOptions;
import dev.reprise.runtime.KafkaSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = {
      "Checks this host and the cluster: Java, FFmpeg, GPU, model, broker, topics.",
      "Prints how to fix each error, and exits with 1 if there are any."
    })
public final class DoctorCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final KafkaOptions kafka;
  @Mixin private final ModelOptions model = new ModelOptions();

  @Option(
      names = "--client",
      paramLabel = "CLIENT",
      description =
          "Check the topics and permissions of this client only: ${COMPLETION-CANDIDATES}.")
  private @Nullable KafkaClient client;

  @Mixin private final PermissionOptions permissions = new PermissionOptions();

  public DoctorCommand(CommandContext context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws InterruptedException {
    List<Finding> findings = new ArrayList<>(HostChecks.run(model));
    KafkaSettings settings = kafka.settings();
    findings.addAll(
        ClusterChecks.run(
            settings,
            client == null ? List.of() : permissions.permissions(client, settings.topics())));
    TextTable table = new TextTable("", "what", "finding");
    for (Finding finding : findings) {
      table.add(
          finding.verdict().name().toLowerCase(Locale.ROOT), finding.subject(), finding.text());
    }
    table.print(context.terminal());
    return findings.stream().anyMatch(finding -> finding.verdict() == Verdict.ERROR)
        ? ExitCode.FAILED
        : 0;
  }
}
