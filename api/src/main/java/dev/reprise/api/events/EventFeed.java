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
import dev.reprise.runtime.DeadLetterRecord;
import dev.reprise.runtime.Health;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.TopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumer of new records at every instance: predictions and dead letters for readers of the event
 * stream and for waiting uploads, drift and references for the page. Runs on its own thread;
 * thread-safe.
 */
public final class EventFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventFeed.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration DENIED_WAIT = Duration.ofSeconds(3);

  /** A restart reads the credentials again, from files that may have changed. */
  private static final Duration MAX_REJECTION = Duration.ofSeconds(30);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private static final int EVENTS = 4_096;
  private static final int MAX_WAITING = 1_000;
  private static final int DEAD_LETTERS = 100;

  /** Few: a dead letter may be 16 MiB large, and only its headers are used. */
  private static final long DEAD_LETTERS_PER_PARTITION = 20;

  /** Includes each feature's latest record over all time, unless there are many windows. */
  private static final long DRIFTS_PER_PARTITION = 2_000;

  private final Topics topics;
  private final TopicReader reader;
  private final Thread thread;
  private final EventLog events = new EventLog(EVENTS);
  private final PendingExtractions pendingExtractions = new PendingExtractions(MAX_WAITING);
  private final RecentDeadLetters deadLetters = new RecentDeadLetters(DEAD_LETTERS);
  private final LatestDrift drift = new LatestDrift();
  private final CompletableFuture<Boolean> stopped = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable Instant rejectedSince;
  private volatile Health health = Health.UP;

  private EventFeed(Topics topics, TopicReader reader) {
    this.topics = topics;
    this.reader = reader;
    this.thread = new Thread(this::run, "feed");
    thread.setDaemon(true);
  }

  /** Starts the feed; records that are written after this returns are read. */
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
                    DEAD_LETTERS_PER_PARTITION,
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

  /** Returns a future that completes when the feed has stopped, with whether it was closed. */
  public CompletableFuture<Boolean> stopped() {
    return stopped.copy();
  }

  public Health liveness() {
    return health;
  }

  private void run() {
    try (reader) {
      while (closing.getCount() > 0) {
        poll();
      }
      stopped.complete(true);
    } catch (WakeupException e) {
      log.debug("The event feed is closed");
      stopped.complete(true);
    } catch (Throwable e) { // Otherwise the thread would end unnoticed.
      log.error("The event feed has stopped", e);
      health = Health.down("The event feed has stopped: " + e);
      stopped.complete(false);
    }
  }

  /** Polls once; waits if access is denied, which the applications of the API report. */
  private void poll() throws InterruptedException {
    try {
      reader.poll(POLL).forEach(this::accept);
      rejectedSince = null;
    } catch (AuthorizationException e) {
      awaitAccess(e);
    } catch (AuthenticationException e) {
      Instant now = Instant.now();
      if (rejectedSince == null) {
        rejectedSince = now;
      } else if (rejectedSince.isBefore(now.minus(MAX_REJECTION))) {
        throw e;
      }
      awaitAccess(e);
    }
  }

  private void awaitAccess(ApiException denial) throws InterruptedException {
    log.debug("The event feed may not read", denial);
    closing.await(DENIED_WAIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (record.topic().equals(topics.deadLetters())) {
        acceptDeadLetter(record);
      } else if (record.value() != null) {
        acceptValue(record);
      }
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      log.debug("Skipped {}-{}-{}: {}", record.topic(), record.partition(), record.offset(), e);
    }
  }

  private void acceptValue(ConsumerRecord<byte[], byte[]> record)
      throws InvalidProtocolBufferException {
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

  private void acceptDeadLetter(ConsumerRecord<byte[], byte[]> record) {
    DeadLetterRecord letter = DeadLetterRecord.of(record);
    DeadLetter view =
        DeadLetter.newBuilder()
            .setTrackId(letter.key())
            .setTime(Timestamps.fromMillis(record.timestamp()))
            .setStage(letter.stage())
            .setReason(letter.reason())
            .setMessage(letter.message())
            .setSource(letter.source())
            .build();
    deadLetters.add(view);
    if (reader.isNew(record)) {
      events.append("dead-letter", Json.print(view));
      letter
          .extractionId(topics, record.value())
          .ifPresent(
              extraction ->
                  pendingExtractions.complete(
                      eventId(record),
                      Extractions.failed(
                          view.getTrackId(),
                          Failure.newBuilder()
                              .setExtractionId(extraction)
                              .setTime(view.getTime())
                              .setStage(view.getStage())
                              .setReason(view.getReason())
                              .setMessage(view.getMessage())
                              .build())));
    }
  }

  private static String eventId(ConsumerRecord<byte[], byte[]> record) {
    Header id = record.headers().lastHeader("ce_id");
    return id == null || id.value() == null ? "" : new String(id.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    closing.countDown();
    reader.wakeup();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
