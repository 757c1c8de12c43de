package dev.reprise.cli.deadletters;

import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.DeadLetterRecord;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An entry in the list of dead letters. The list may hold 100,000 entries, so an entry has
 * coordinates in place of headers and value.
 *
 * @param coordinates of the dead letter
 * @param sourceTopic of the rejected record
 * @param source coordinates of the rejected record, {@code topic-partition-offset}
 * @param event coordinates of the audio event, which are its extraction's id; empty if the rejected
 *     record does not derive from an audio event, or does not identify it
 * @param origin coordinates of the record with the event's key, value and headers: the dead letter
 *     itself, unless its value was omitted or is that of a different record
 */
public record DeadLetterSummary(
    RecordCoordinates coordinates,
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
    DeadLetterRecord deadLetter = DeadLetterRecord.of(record);
    RecordCoordinates coordinates =
        new RecordCoordinates(record.topic(), record.partition(), record.offset());
    Optional<RecordCoordinates> event =
        deadLetter
            .extractionId(topics, record.value())
            .flatMap(RecordCoordinates::parse)
            .filter(it -> it.topic().equals(topics.audioFiles()));
    boolean hasEvent =
        deadLetter.sourceTopic().equals(topics.audioFiles()) && deadLetter.hasValue(record.value());
    return new DeadLetterSummary(
        coordinates,
        deadLetter.key(),
        // Few distinct values.
        deadLetter.stage().intern(),
        deadLetter.reason().intern(),
        deadLetter.message(),
        deadLetter.sourceTopic().intern(),
        deadLetter.source(),
        deadLetter.time(),
        event,
        hasEvent ? Optional.of(coordinates) : event);
  }
}
