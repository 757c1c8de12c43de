package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamClientsIT {
  private static final TopicPartition INPUT = new TopicPartition("input", 0);

  @Test
  void committedOffsetsSurviveDeletionOfTheGroup(@TempDir Path folder) throws Exception {
    try (EmbeddedBroker broker =
            EmbeddedBroker.builder().dataDirectory(folder.resolve("broker")).start();
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic("input", 1, (short) 1))).all().get();
      Map<String, Object> config =
          Map.of(
              "bootstrap.servers",
              broker.bootstrapServers(),
              "group.id",
              "reader",
              "enable.auto.commit",
              false,
              "max.poll.records",
              1);
      StreamClients clients = clients();
      try (Producer<byte[], byte[]> producer =
          clients.getProducer(
              Map.of(
                  "bootstrap.servers", broker.bootstrapServers(), "transactional.id", "writer"))) {
        producer.initTransactions();
        producer.beginTransaction();
        for (int i = 0; i < 20; i++) {
          producer.send(new ProducerRecord<>("input", 0, null, new byte[] {(byte) i}));
        }
        producer.commitTransaction();
        try (Consumer<byte[], byte[]> consumer = clients.getConsumer(config)) {
          commit(producer, consumer, 7, true);
          commit(producer, consumer, 13, false);
        }
        assertThat(notified).containsExactly(Map.of(), Map.of(INPUT, new OffsetAndMetadata(7)));
        admin.deleteConsumerGroups(List.of("reader")).all().get();
      }
      try (Consumer<byte[], byte[]> consumer = clients.getConsumer(config)) {
        consumer.assign(List.of(INPUT));
        assertThat(consumer.committed(Set.of(INPUT)))
            .containsEntry(INPUT, new OffsetAndMetadata(7));
        assertThat(first(consumer).offset()).isEqualTo(7);
      }
      admin.deleteConsumerGroups(List.of("reader")).all().get();
      try (Consumer<byte[], byte[]> consumer = clients().getConsumer(config)) {
        consumer.assign(List.of(INPUT));
        assertThat(first(consumer).offset()).as("another process").isZero();
      }
    }
  }

  /** What the listener has been told; an aborted transaction is not among it. */
  private final List<Map<TopicPartition, OffsetAndMetadata>> notified = new ArrayList<>();

  private StreamClients clients() {
    return new StreamClients(
        new ExpiredRecords(new SimpleMeterRegistry(), Set.of("input")),
        new StreamProgress(),
        new StreamListener() {
          @Override
          public void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
            notified.add(offsets);
          }
        });
  }

  private static void commit(
      Producer<byte[], byte[]> producer,
      Consumer<byte[], byte[]> consumer,
      long offset,
      boolean commit) {
    producer.beginTransaction();
    producer.sendOffsetsToTransaction(
        Map.of(INPUT, new OffsetAndMetadata(offset)), consumer.groupMetadata());
    if (commit) {
      producer.commitTransaction();
    } else {
      producer.abortTransaction();
    }
  }

  private static ConsumerRecord<byte[], byte[]> first(Consumer<byte[], byte[]> consumer) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              for (ConsumerRecord<byte[], byte[]> record :
                  consumer.poll(Duration.ofMillis(100)).records(INPUT)) {
                return record;
              }
              return null;
            },
            record -> record != null);
  }
}
