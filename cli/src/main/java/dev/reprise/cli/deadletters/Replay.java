package dev.reprise.cli.deadletters;

import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.ClusterCheck;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.Permission;
import dev.reprise.runtime.Permissions;
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
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Sends the audio events of dead letters again, each exactly once however often it is replayed
 * (decision 37). Not thread-safe.
 */
public final class Replay implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int BATCH_EVENTS = 100;
  private static final int BATCH_BYTES = 16 << 20;

  private final Topics topics;
  private final Optional<ReplaySender> sender;
  private final RecordFetcher fetcher;

  /** How each event was replayed, earlier or now, by the original's coordinates. */
  private final Map<RecordCoordinates, String> replayed = new HashMap<>();

  private final SortedMap<Integer, Outcome> outcomes = new TreeMap<>();
  private final Map<RecordCoordinates, ProducerRecord<byte[], byte[]>> batch =
      new LinkedHashMap<>();
  private final Map<RecordCoordinates, Integer> batchNumbers = new HashMap<>();
  private int batchBytes;

  /**
   * The outcome of replaying a dead letter, or the expected one without {@code --execute}.
   *
   * @param text for output
   */
  public record Outcome(Kind kind, String text) {
    /** Whether the event is sent, was already sent, or cannot be sent. */
    public enum Kind {
      SENT,
      ALREADY_SENT,
      IMPOSSIBLE
    }
  }

  private Replay(KafkaSettings kafka, Optional<ReplaySender> sender) {
    this.topics = kafka.topics();
    this.sender = sender;
    this.fetcher = new RecordFetcher(kafka);
  }

  /**
   * Opens a replay.
   *
   * @param execute whether to send events, not only check that they can be sent
   */
  public static Replay open(KafkaSettings kafka, boolean execute) throws ConfigurationException {
    List<Permission> permissions = Permissions.replay(kafka.topics());
    try (ClusterCheck cluster = ClusterCheck.connect(kafka)) {
      cluster.require(
          execute
              ? permissions
              : permissions.stream()
                  .filter(permission -> permission.operation() == AclOperation.READ)
                  .toList());
    }
    // The sender is opened before earlier replays are read: it fences off a replay still running.
    Replay replay =
        new Replay(kafka, execute ? Optional.of(new ReplaySender(kafka)) : Optional.empty());
    try {
      replay.readEarlierReplays(kafka);
      return replay;
    } catch (ConfigurationException | RuntimeException e) {
      replay.close();
      throw e;
    }
  }

  private void readEarlierReplays(KafkaSettings kafka) throws ConfigurationException {
    try (TopicReader reader = TopicReader.fromBeginning(kafka, List.of(topics.replays()))) {
      while (!reader.atEnd()) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          RecordCoordinates.parse(text(record.key()))
              .ifPresent(event -> replayed.put(event, "already sent as " + text(record.value())));
        }
      }
    }
  }

  /** Sends the dead letters' events in their order, or checks whether they can be sent. */
  public SortedMap<Integer, Outcome> replay(SortedMap<Integer, DeadLetterSummary> deadLetters)
      throws ExecutionException, InterruptedException {
    for (Map.Entry<Integer, DeadLetterSummary> deadLetter : deadLetters.entrySet()) {
      addToBatch(deadLetter.getKey(), deadLetter.getValue());
      if (batch.size() >= BATCH_EVENTS || batchBytes >= BATCH_BYTES) {
        flush();
      }
    }
    flush();
    return outcomes;
  }

  private void addToBatch(int number, DeadLetterSummary deadLetter) {
    if (deadLetter.event().isEmpty() || deadLetter.origin().isEmpty()) {
      reject(number, whyNoEvent(deadLetter));
      return;
    }
    RecordCoordinates event = deadLetter.event().get();
    String before = replayed.get(event);
    if (before != null) {
      outcomes.put(number, new Outcome(Outcome.Kind.ALREADY_SENT, before));
      return;
    }
    Optional<ConsumerRecord<byte[], byte[]>> original = fetcher.fetch(deadLetter.origin().get());
    if (original.isEmpty()) {
      reject(number, deadLetter.origin().get() + " has been deleted; submit the audio again");
      return;
    }
    ProducerRecord<byte[], byte[]> copy = copyEvent(original.get());
    int bytes = DeadLetters.size(copy.key(), copy.value(), copy.headers());
    if (bytes > Topics.MAX_EVENT_BYTES) {
      reject(number, "with its headers it may exceed 16 MiB; submit it by URI");
      return;
    }
    replayed.put(event, "same event as dead letter " + number);
    batch.put(event, copy);
    batchNumbers.put(event, number);
    batchBytes += bytes;
  }

  private String whyNoEvent(DeadLetterSummary deadLetter) {
    String topic = deadLetter.sourceTopic();
    return topic.equals(topics.audioFiles()) || topic.equals(topics.mfcc())
        ? "it does not identify its audio event"
        : "it comes from " + topic + ", not from an audio event; fix and produce that record again";
  }

  private void reject(int number, String why) {
    outcomes.put(number, new Outcome(Outcome.Kind.IMPOSSIBLE, "cannot be sent: " + why));
  }

  /** Returns the event as it was produced, without the headers that the dead letter added. */
  private ProducerRecord<byte[], byte[]> copyEvent(ConsumerRecord<byte[], byte[]> original) {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : original.headers()) {
      if (!DeadLetters.isAdded(header.key())) {
        headers.add(header);
      }
    }
    return new ProducerRecord<>(
        topics.audioFiles(), null, null, original.key(), original.value(), headers);
  }

  private void flush() throws ExecutionException, InterruptedException {
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
