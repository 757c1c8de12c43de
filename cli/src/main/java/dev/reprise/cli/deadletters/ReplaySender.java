package dev.reprise.cli.deadletters;

import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends events again, and a record of each to the replays topic, in one transaction. All senders
 * share a transactional id: opening one fences off the previous one and aborts its open
 * transaction, so that the replays topic is final from then on. Not thread-safe.
 */
final class ReplaySender implements AutoCloseable {
  private final Topics topics;
  private final KafkaProducer<byte[], byte[]> producer;

  ReplaySender(KafkaSettings kafka) {
    this.topics = kafka.topics();
    this.producer =
        new KafkaProducer<>(
            kafka.overriding(
                Map.of(
                    ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                    topics.replays(),
                    ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                    Topics.MAX_EVENT_BYTES)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
  }

  /**
   * Sends events in one transaction.
   *
   * @param events by the coordinates of the original
   * @return the coordinates of the copies, by those of the originals
   */
  Map<RecordCoordinates, RecordCoordinates> send(
      Map<RecordCoordinates, ProducerRecord<byte[], byte[]>> events)
      throws ExecutionException, InterruptedException {
    Map<RecordCoordinates, Future<RecordMetadata>> sending = new LinkedHashMap<>();
    producer.beginTransaction();
    events.forEach((original, event) -> sending.put(original, producer.send(event)));
    producer.flush();
    Map<RecordCoordinates, RecordCoordinates> sent = new LinkedHashMap<>();
    for (Map.Entry<RecordCoordinates, Future<RecordMetadata>> each : sending.entrySet()) {
      RecordCoordinates copy = coordinates(each.getValue().get());
      sent.put(each.getKey(), copy);
      producer.send(new ProducerRecord<>(topics.replays(), bytes(each.getKey()), bytes(copy)));
    }
    producer.commitTransaction();
    return sent;
  }

  private static RecordCoordinates coordinates(RecordMetadata sent) {
    return new RecordCoordinates(sent.topic(), sent.partition(), sent.offset());
  }

  private static byte[] bytes(RecordCoordinates coordinates) {
    return coordinates.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Closes the producer, which aborts a transaction that was not committed. */
  @Override
  public void close() {
    producer.close();
  }
}
