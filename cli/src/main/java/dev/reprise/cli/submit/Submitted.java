package dev.reprise.cli.submit;

import dev.reprise.cli.files.AudioTrack;
import dev.reprise.cli.files.FileState;
import java.util.List;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The result of submitting tracks.
 *
 * @param events of the tracks that were sent, in the order of the tracks
 * @param failures a sentence for each track that was not
 */
public record Submitted(List<Event> events, List<String> failures) {
  public Submitted {
    events = List.copyOf(events);
    failures = List.copyOf(failures);
  }

  /**
   * A track's audio event.
   *
   * @param fileState the file's state before the event was sent
   * @param record the event's coordinates
   */
  public record Event(AudioTrack track, FileState fileState, RecordMetadata record) {}
}
