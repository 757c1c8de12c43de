package dev.reprise.cli.deadletters;

import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.TopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Sends the audio events of dead letters again, each exactly once however often it is asked for:
 * see decision 37. Not thread-safe.
 */
public final class Replay implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int BATCH_EVENTS = 100;
  private static final int BATCH_BYTES = 16 << 20;

  private final Topics topics;
  private final Optional<ReplaySender> sender;
  private final RecordFetcher fetcher;

  /** Where events went: those of earlier replays, and of this one. */
  private final Map<RecordCoordinates, String> replayed = new HashMap<>();

  private final SortedMap<Integer, Outcome> outcomes = new TreeMap<>();
  private final Map<RecordCoordinates, ProducerRecord<byte[], byte[]>> batch =
      new LinkedHashMap<>();
  private final Map<RecordCoordinates, Integer> batchNumbers = new HashMap<>();
  private int batchBytes;

  /**
   * What has become of a letter, or would.
   *
   * @param text for people
   */
  public record Outcome(Kind kind, String text) {
    /** What has become of a letter, or would. */
    public enum Kind {
      SENT,
      SENT_BEFORE,
      IMPOSSIBLE
    }
  }

  private Replay(KafkaSettings kafka, Optional<ReplaySender> sender) {
    this.topics = kafka.topics();
    this.sender = sender;
    this.fetcher = new RecordFetcher(kafka);
  }

  /**
   * @param execute whether events are sent, not only looked for
   */
  public static Replay open(KafkaSettings kafka, boolean execute) throws ConfigurationException {
    // Opened before earlier replays are read: one that is still under way is ended by it.
    Replay replay =
        new Replay(kafka, execute ? Optional.of(new ReplaySender(kafka)) : Optional.empty());
    try {
      replay.readEarlier(kafka);
      return replay;
    } catch (ConfigurationException | RuntimeException e) {
      replay.close();
      throw e;
    }
  }

  private void readEarlier(KafkaSettings kafka) throws ConfigurationException {
    try (TopicReader reader = TopicReader.fromBeginning(kafka, List.of(topics.replays()))) {
      while (!reader.atEnd()) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          RecordCoordinates.parse(text(record.key()))
              .ifPresent(
                  event -> replayed.put(event, "was sent before, as " + text(record.value())));
        }
      }
    }
  }

  /** Sends the events of letters, or finds out whether that could be done, in their order. */
  public SortedMap<Integer, Outcome> replay(SortedMap<Integer, DeadLetterSummary> letters)
      throws ExecutionException, InterruptedException {
    for (Map.Entry<Integer, DeadLetterSummary> letter : letters.entrySet()) {
      take(letter.getKey(), letter.getValue());
      if (batch.size() >= BATCH_EVENTS || batchBytes >= BATCH_BYTES) {
        send();
      }
    }
    send();
    return outcomes;
  }

  private void take(int number, DeadLetterSummary letter) {
    if (letter.event().isEmpty() || letter.origin().isEmpty()) {
      impossible(number, notAnEvent(letter));
      return;
    }
    RecordCoordinates event = letter.event().get();
    String before = replayed.get(event);
    if (before != null) {
      outcomes.put(number, new Outcome(Outcome.Kind.SENT_BEFORE, before));
      return;
    }
    Optional<ConsumerRecord<byte[], byte[]>> original = fetcher.fetch(letter.origin().get());
    if (original.isEmpty()) {
      impossible(number, letter.origin().get() + " has been deleted; submit the audio again");
      return;
    }
    ProducerRecord<byte[], byte[]> again = again(original.get());
    int bytes = DeadLetters.size(again.key(), again.value(), again.headers());
    if (bytes > Topics.MAX_EVENT_BYTES) {
      impossible(number, "with its headers it may exceed 16 MiB; submit it by its URI");
      return;
    }
    replayed.put(event, "is the event of dead letter " + number);
    batch.put(event, again);
    batchNumbers.put(event, number);
    batchBytes += bytes;
  }

  private String notAnEvent(DeadLetterSummary letter) {
    String topic = letter.sourceTopic();
    return topic.equals(topics.audioFiles()) || topic.equals(topics.mfcc())
        ? "it does not name its audio event"
        : "it is of " + topic + ", not of an audio event; mend that record and produce it again";
  }

  private void impossible(int number, String why) {
    outcomes.put(number, new Outcome(Outcome.Kind.IMPOSSIBLE, "cannot be sent: " + why));
  }

  /** As it was produced, without what the dead letter added. */
  private ProducerRecord<byte[], byte[]> again(ConsumerRecord<byte[], byte[]> original) {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : original.headers()) {
      if (!DeadLetters.isAdded(header.key())) {
        headers.add(header);
      }
    }
    return new ProducerRecord<>(
        topics.audioFiles(), null, null, original.key(), original.value(), headers);
  }

  private void send() throws ExecutionException, InterruptedException {
    if (batch.isEmpty()) {
      return;
    }
    Map<RecordCoordinates, RecordCoordinates> sent =
        sender.isPresent() ? sender.get().send(batch) : Map.of();
    for (RecordCoordinates event : batch.keySet()) {
      RecordCoordinates now = sent.get(event);
      outcomes.put(
          batchNumbers.getOrDefault(event, 0),
          new Outcome(Outcome.Kind.SENT, now == null ? "would be sent" : "sent as " + now));
    }
    batch.clear();
    batchNumbers.clear();
    batchBytes = 0;
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    fetcher.close();
    sender.ifPresent(ReplaySender::close);
  }
}
