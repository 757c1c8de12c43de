package dev.reprise.inference.serving;

import dev.reprise.contract.Json;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.runtime.KafkaSettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the reference distributions of the models that this instance serves, so that every
 * instance can measure drift of a model's predictions, even after its file has been deleted.
 * Thread-safe.
 */
public final class ReferencePublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReferencePublisher.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final String topic;
  private final Producer<String, byte[]> producer;

  /** SHA-256 of the file whose reference was sent last, by model. */
  private final Map<String, String> published = new ConcurrentHashMap<>();

  public ReferencePublisher(KafkaSettings kafka) {
    this(
        kafka.topics().modelReferences(),
        new KafkaProducer<>(
            kafka.overriding(Map.of()), new StringSerializer(), new ByteArraySerializer()));
  }

  /**
   * @param producer owned; closed with this object
   */
  ReferencePublisher(String topic, Producer<String, byte[]> producer) {
    this.topic = topic;
    this.producer = producer;
  }

  /**
   * Sends a model's reference, unless it was the last one sent for the model. If sending fails, the
   * next call retries.
   */
  public void publish(ModelReference reference) {
    String model = reference.getModel();
    if (reference.getSha256().equals(published.put(model, reference.getSha256()))) {
      return;
    }
    try {
      producer.send(
          new ProducerRecord<>(topic, model, Json.bytes(reference)),
          (metadata, failure) -> {
            if (failure != null) {
              handleFailure(model, failure);
            }
          });
    } catch (KafkaException e) {
      handleFailure(model, e);
    }
  }

  private void handleFailure(String model, Exception failure) {
    published.remove(model);
    if (failure instanceof AuthorizationException) {
      // The evaluation reports the missing permission, once.
      log.debug("The reference of model {} may not be sent", model, failure);
      return;
    }
    log.warn(
        "Cannot send the reference of model {} to {}: {}. The next poll of the repository retries.",
        model,
        topic,
        failure.toString());
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
