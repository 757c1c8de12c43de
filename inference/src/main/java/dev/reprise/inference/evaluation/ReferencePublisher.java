package dev.reprise.inference.evaluation;

import dev.reprise.contract.Json;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.runtime.KafkaSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every instance of the reference distributions of the models that this one serves, so that
 * drift of a model's predictions is known wherever its figures are kept, and when its file is gone.
 * Thread-safe.
 */
public final class ReferencePublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReferencePublisher.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final String topic;
  private final KafkaProducer<String, byte[]> producer;

  /** The SHA-256 of models whose reference is on its way or there. */
  private final Set<String> published = ConcurrentHashMap.newKeySet();

  public ReferencePublisher(KafkaSettings kafka) {
    this.topic = kafka.topics().modelReferences();
    this.producer =
        new KafkaProducer<>(
            kafka.over(Map.of()), new StringSerializer(), new ByteArraySerializer());
  }

  /**
   * Sends a model's reference, unless it has been sent. Where sending fails, the next call tries
   * again.
   */
  public void publish(ModelReference reference) {
    if (!published.add(reference.getSha256())) {
      return;
    }
    producer.send(
        new ProducerRecord<>(topic, reference.getModel(), Json.bytes(reference)),
        (metadata, failure) -> {
          if (failure != null) {
            published.remove(reference.getSha256());
            log.warn(
                "The reference of model {} could not be sent to {}; it is tried again: {}",
                reference.getModel(),
                topic,
                failure.toString());
          }
        });
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
