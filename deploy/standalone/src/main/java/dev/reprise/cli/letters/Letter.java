package dev.reprise.cli.letters;

import dev.reprise.contract.Topics;
import dev.reprise.runtime.DeadLetter;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A dead letter and where to find the audio event that it came of.
 *
 * @param content key, headers and time
 * @param event where the audio event stood, which is its extraction's id; empty for a letter that
 *     is not of an audio event, or does not name it
 * @param origin where key, value and headers of the event are: the letter itself, unless its value
 *     was left out or is another record's
 */
public record Letter(DeadLetter content, Optional<Place> event, Optional<Place> origin) {

  static Letter of(ConsumerRecord<byte[], byte[]> record, Topics topics) {
    DeadLetter content = DeadLetter.of(record);
    Optional<Place> event =
        content
            .extractionId(topics, record.value())
            .flatMap(Place::parse)
            .filter(place -> place.topic().equals(topics.audioFiles()));
    boolean whole =
        content.sourceTopic().equals(topics.audioFiles()) && content.hasValue(record.value());
    return new Letter(content, event, whole ? Optional.of(Place.of(record)) : event);
  }
}
