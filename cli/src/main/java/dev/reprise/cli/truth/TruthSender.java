package dev.reprise.cli.truth;

import dev.reprise.contract.Json;
import dev.reprise.contract.v1.Truth;
import dev.reprise.runtime.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes truth, keyed by track id. The producer's buffer bounds the records in flight. Not
 * thread-safe.
 */
public final class TruthSender implements AutoCloseable {
  private static final byte[] CONTENT_TYPE = "application/json".getBytes(StandardCharsets.UTF_8);

  private final String topic;
  private final Runnable acknowledged;
  private final KafkaProducer<String, byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /**
   * @param acknowledged called for each acknowledged record, on the producer's thread
   */
  public TruthSender(KafkaSettings kafka, Runnable acknowledged) {
    this.topic = kafka.topics().truth();
    this.acknowledged = acknowledged;
    this.producer =
        new KafkaProducer<>(
            kafka.overriding(Map.of()), new StringSerializer(), new ByteArraySerializer());
  }

  /**
   * Sends a record, and returns before it is acknowledged.
   *
   * @throws ExecutionException if an earlier record failed
   */
  public void send(Truth truth) throws ExecutionException {
    requireNoFailure();
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(topic, truth.getTrackId(), Json.bytes(truth));
    record.headers().add("content-type", CONTENT_TYPE);
    producer.send(record, (metadata, exception) -> complete(exception));
  }

  /**
   * Waits until every record is acknowledged.
   *
   * @throws ExecutionException if a record failed
   */
  public void finish() throws ExecutionException {
    producer.flush();
    requireNoFailure();
  }

  private void complete(@Nullable Exception exception) {
    if (exception == null) {
      acknowledged.run();
    } else {
      failure.compareAndSet(null, exception);
    }
  }

  private void requireNoFailure() throws ExecutionException {
    Exception exception = failure.get();
    if (exception != null) {
      throw new ExecutionException(exception);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
