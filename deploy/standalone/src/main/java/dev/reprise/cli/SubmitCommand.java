package dev.reprise.cli;

import dev.reprise.cli.files.Track;
import dev.reprise.cli.files.TrackOptions;
import dev.reprise.cli.kafka.EventSender;
import dev.reprise.cli.settings.KafkaOptions;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.KafkaSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "submit",
    description = {
      "Submits audio files as events, keyed by track id.",
      "By their file: URI, which the extractor must be allowed to read (--allowed-root), or with"
          + " --inline as bytes."
    })
final class SubmitCommand implements Callable<Integer> {
  /** Key, headers and framing beside an inline file, generously. */
  private static final int EVENT_OVERHEAD_BYTES = 4096;

  private final Context context;

  @Mixin private final KafkaOptions kafka;
  @Mixin private final TrackOptions files = new TrackOptions();

  @Option(names = "--inline", description = "Send the files' bytes, up to 16 MiB each.")
  private boolean inline;

  SubmitCommand(Context context) {
    this.context = context;
    this.kafka = new KafkaOptions(context.sources());
  }

  @Override
  public Integer call()
      throws ConfigurationException, IOException, ExecutionException, InterruptedException {
    List<Track> tracks = files.tracks();
    if (inline) {
      requireToFit(tracks);
    }
    KafkaSettings settings = kafka.settings();
    try (ClusterCheck cluster = ClusterCheck.connect(settings)) {
      cluster.requireTopics(List.of(settings.topics().audioFiles()));
    }
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (EventSender sender = new EventSender(settings)) {
      for (Track track : tracks) {
        sent.add(inline ? sender.sendContent(track) : sender.sendUri(track));
      }
    }
    for (int i = 0; i < sent.size(); i++) {
      context.terminal().print(tracks.get(i).id() + "\t" + place(sent.get(i).get()));
    }
    return 0;
  }

  private static String place(RecordMetadata record) {
    return record.topic() + "-" + record.partition() + "-" + record.offset();
  }

  private static void requireToFit(List<Track> tracks) throws ConfigurationException, IOException {
    List<String> faults = new ArrayList<>();
    for (Track track : tracks) {
      long bytes = Files.size(track.file());
      if (bytes + EVENT_OVERHEAD_BYTES > Topics.MAX_EVENT_BYTES) {
        faults.add(
            "%s has %d bytes, too many for an event of 16 MiB; submit it without --inline."
                .formatted(track.file(), bytes));
      }
    }
    if (!faults.isEmpty()) {
      throw new ConfigurationException(faults);
    }
  }
}
