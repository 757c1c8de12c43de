package dev.reprise.cli.deadletters;

import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.DeadLetter;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A dead letter of the list, of which there may be a hundred thousand: without headers and value,
 * but with where to find them.
 *
 * @param place of the letter
 * @param sourceTopic of the rejected record
 * @param source where the rejected record stood, {@code topic-partition-offset}
 * @param event where the audio event stood, which is its extraction's id; empty for a letter that
 *     is not of an audio event, or does not name it
 * @param origin where key, value and headers of the event are: the letter itself, unless its value
 *     was left out or is another record's
 */
public record DeadLetterSummary(
    RecordCoordinates place,
    String key,
    String stage,
    String reason,
    String message,
    String sourceTopic,
    String source,
    Instant time,
    Optional<RecordCoordinates> event,
    Optional<RecordCoordinates> origin) {

  static DeadLetterSummary of(ConsumerRecord<byte[], byte[]> record, Topics topics) {
    DeadLetter content = DeadLetter.of(record);
    RecordCoordinates place =
        new RecordCoordinates(record.topic(), record.partition(), record.offset());
    Optional<RecordCoordinates> event =
        content
            .extractionId(topics, record.value())
            .flatMap(RecordCoordinates::parse)
            .filter(it -> it.topic().equals(topics.audioFiles()));
    boolean whole =
        content.sourceTopic().equals(topics.audioFiles()) && content.hasValue(record.value());
    return new DeadLetterSummary(
        place,
        content.key(),
        // There are few of these.
        content.stage().intern(),
        content.reason().intern(),
        content.message(),
        content.sourceTopic().intern(),
        content.source(),
        content.time(),
        event,
        whole ? Optional.of(place) : event);
  }
}
