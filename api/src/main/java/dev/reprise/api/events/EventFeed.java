package dev.reprise.api.events;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import dev.reprise.api.catalogue.Extractions;
import dev.reprise.api.v1.DeadLetter;
import dev.reprise.api.v1.Failure;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.Health;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.TopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, at every instance, all that comes: predictions and dead letters for those who listen or
 * wait, drift and references for the page. A thread of its own; thread-safe.
 */
public final class EventFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventFeed.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private static final int EVENTS = 4_096;
  private static final int MAX_WAITING = 1_000;
  private static final int LETTERS = 100;

  /** Letters may have 16 MiB each, and are read for their headers. */
  private static final long LETTERS_PER_PARTITION = 20;

  /** Each feature's latest record over all time is among them, unless windows are many. */
  private static final long DRIFTS_PER_PARTITION = 2_000;

  private final Topics topics;
  private final TopicReader reader;
  private final Thread thread;
  private final EventLog events = new EventLog(EVENTS);
  private final PendingExtractions pendingExtractions = new PendingExtractions(MAX_WAITING);
  private final RecentDeadLetters deadLetters = new RecentDeadLetters(LETTERS);
  private final LatestDrift drift = new LatestDrift();
  private final CompletableFuture<Boolean> stopped = new CompletableFuture<>();
  private volatile boolean closing;
  private volatile Health health = Health.UP;

  private EventFeed(Topics topics, TopicReader reader) {
    this.topics = topics;
    this.reader = reader;
    this.thread = new Thread(this::run, "feed");
    thread.setDaemon(true);
  }

  /** Starts to read; whatever is written after this returns is seen. */
  public static EventFeed start(KafkaSettings kafka) throws ConfigurationException {
    Topics topics = kafka.topics();
    EventFeed feed =
        new EventFeed(
            topics,
            TopicReader.fromNewest(
                kafka,
                Map.of(
                    topics.predictions(),
                    0L,
                    topics.deadLetters(),
                    LETTERS_PER_PARTITION,
                    topics.drift(),
                    DRIFTS_PER_PARTITION,
                    topics.modelReferences(),
                    Long.MAX_VALUE)));
    feed.thread.start();
    return feed;
  }

  public EventLog events() {
    return events;
  }

  public PendingExtractions pendingExtractions() {
    return pendingExtractions;
  }

  public RecentDeadLetters deadLetters() {
    return deadLetters;
  }

  public LatestDrift drift() {
    return drift;
  }

  /** Completed when it reads no more, with whether it was closed. */
  public CompletableFuture<Boolean> stopped() {
    return stopped.copy();
  }

  public Health liveness() {
    return health;
  }

  private void run() {
    try (reader) {
      while (!closing) {
        reader.poll(POLL).forEach(this::accept);
      }
      stopped.complete(true);
    } catch (WakeupException e) {
      log.debug("The feed is closed");
      stopped.complete(true);
    } catch (Throwable e) { // Nobody else would see that the thread has ended.
      log.error("The feed of events cannot go on", e);
      health = Health.down("The feed of events has stopped: " + e);
      stopped.complete(false);
    }
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (record.topic().equals(topics.deadLetters())) {
        letter(record);
      } else if (record.value() != null) {
        value(record);
      }
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      log.debug("Passed over {}-{}-{}: {}", record.topic(), record.partition(), record.offset(), e);
    }
  }

  private void value(ConsumerRecord<byte[], byte[]> record) throws InvalidProtocolBufferException {
    if (record.topic().equals(topics.predictions())) {
      Prediction.Builder prediction = Prediction.newBuilder();
      Json.parse(record.value(), prediction);
      events.append("prediction", Json.print(prediction.build()));
      pendingExtractions.complete(eventId(record), Extractions.predicted(prediction.build()));
    } else if (record.topic().equals(topics.drift())) {
      drift.acceptDrift(record.value());
    } else {
      drift.acceptReference(record.value());
    }
  }

  private void letter(ConsumerRecord<byte[], byte[]> record) {
    dev.reprise.runtime.DeadLetter from = dev.reprise.runtime.DeadLetter.of(record);
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setTrackId(from.key())
            .setTime(Timestamps.fromMillis(record.timestamp()))
            .setStage(from.stage())
            .setReason(from.reason())
            .setMessage(from.message())
            .setSource(from.source())
            .build();
    deadLetters.add(letter);
    if (reader.isNew(record)) {
      events.append("dead-letter", Json.print(letter));
      from.extractionId(topics, record.value())
          .ifPresent(
              extraction ->
                  pendingExtractions.complete(
                      eventId(record),
                      Extractions.failed(
                          letter.getTrackId(),
                          Failure.newBuilder()
                              .setExtractionId(extraction)
                              .setTime(letter.getTime())
                              .setStage(letter.getStage())
                              .setReason(letter.getReason())
                              .setMessage(letter.getMessage())
                              .build())));
    }
  }

  private static String eventId(ConsumerRecord<byte[], byte[]> record) {
    Header id = record.headers().lastHeader("ce_id");
    return id == null || id.value() == null ? "" : new String(id.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    closing = true;
    reader.wakeup();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
