package dev.reprise.cli.submit;

import dev.reprise.cli.files.AudioTrack;
import dev.reprise.cli.files.FileState;
import java.util.List;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The result of submitting tracks.
 *
 * @param events of the tracks that are on the topic, in their order
 * @param failures a sentence for each of the others
 */
public record Submitted(List<Event> events, List<String> failures) {
  public Submitted {
    events = List.copyOf(events);
    failures = List.copyOf(failures);
  }

  /**
   * A track's audio event.
   *
   * @param before the file's state before the event was sent
   * @param record the event's coordinates
   */
  public record Event(AudioTrack track, FileState before, RecordMetadata record) {}
}
