package dev.reprise.cli.submit;

import dev.reprise.cli.command.CommandContext;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.files.AudioTrack;
import dev.reprise.cli.files.TrackOptions;
import dev.reprise.cli.files.TrackSelection;
import dev.reprise.cli.options.KafkaOptions;
import dev.reprise.cli.submit.Submitted.Event;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.Permissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "submit",
    description = {
      "Submits audio files as events, keyed by track id.",
      "Sends the file: URI of each file, which the extractor must be allowed to read"
          + " (--allowed-root), or its bytes with --inline."
    })
public final class SubmitCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private final KafkaOptions kafka;
  @Mixin private final TrackOptions files = new TrackOptions();

  @Option(names = "--inline", description = "Send the files' bytes, up to 16 MiB each.")
  private boolean inline;

  public SubmitCommand(CommandContext context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call() throws ConfigurationException, InterruptedException {
    TrackSelection selection = files.select();
    List<String> failures = new ArrayList<>(selection.errors());
    if (!selection.tracks().isEmpty()) {
      Submitted submitted = submit(selection.tracks());
      submitted.events().forEach(this::print);
      failures.addAll(submitted.failures());
    }
    selection.skipped().ifPresent(context.terminal()::note);
    failures.forEach(context.terminal()::note);
    return failures.isEmpty() ? 0 : ExitCode.FAILED;
  }

  private Submitted submit(List<AudioTrack> tracks)
      throws ConfigurationException, InterruptedException {
    KafkaSettings settings = kafka.settings();
    try (ClusterCheck cluster = ClusterCheck.connect(settings)) {
      cluster.require(Permissions.submit(settings.topics()));
    }
    try (EventSender sender = new EventSender(settings)) {
      return inline ? sender.sendContents(tracks) : sender.sendUris(tracks);
    }
  }

  private void print(Event event) {
    RecordMetadata record = event.record();
    context
        .terminal()
        .print(
            event.track().id()
                + "\t"
                + new RecordCoordinates(record.topic(), record.partition(), record.offset()));
  }
}
