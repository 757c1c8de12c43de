package dev.reprise.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EmbeddedBrokerIT {
  private static final String TOPIC = "songs";

  @Test
  void transmitsRecordsOf16MibInATransaction() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      createTopic(broker, Map.of("max.message.bytes", Integer.toString(16 << 20)));
      byte[] song = new byte[(16 << 20) - 1_000];
      try (KafkaProducer<String, byte[]> producer =
          producer(
              broker,
              Map.of(
                  "transactional.id",
                  "t",
                  "transaction.timeout.ms",
                  900_000,
                  "max.request.size",
                  17 << 20))) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, "2", song)).get();
        producer.commitTransaction();
      }
      assertThat(read(broker).value()).isEqualTo(song);
    }
  }

  @Test
  void requiresThePasswordOnBothListeners() throws Exception {
    try (EmbeddedBroker broker =
        EmbeddedBroker.builder().credentials("reprise", "a \"pass\\word;").start()) {
      int controllerPort;
      try (Admin admin = Admin.create(Map.copyOf(broker.clientSettings()))) {
        controllerPort =
            admin
                .describeMetadataQuorum()
                .quorumInfo()
                .get()
                .nodes()
                .values()
                .iterator()
                .next()
                .endpoints()
                .get(0)
                .port();
      }
      assertThatThrownBy(() -> listTopics(Map.of("bootstrap.servers", broker.bootstrapServers())))
          .isInstanceOf(ExecutionException.class);
      Map<String, Object> wrong = new HashMap<>(broker.clientSettings());
      wrong.computeIfPresent(
          "sasl.jaas.config", (name, value) -> value.toString().replace("word;", "other;"));
      assertThatThrownBy(() -> listTopics(wrong))
          .hasCauseInstanceOf(SaslAuthenticationException.class);
      Map<String, Object> controller = new HashMap<>(broker.clientSettings());
      controller.remove("bootstrap.servers");
      controller.put("bootstrap.controllers", "127.0.0.1:" + controllerPort);
      try (Admin admin = Admin.create(controller)) {
        assertThat(admin.describeMetadataQuorum().quorumInfo().get().leaderId()).isEqualTo(1);
      }
      Map<String, Object> open =
          Map.of(
              "bootstrap.controllers",
              "127.0.0.1:" + controllerPort,
              "default.api.timeout.ms",
              2_000,
              "request.timeout.ms",
              1_000);
      try (Admin admin = Admin.create(open)) {
        assertThatThrownBy(() -> admin.describeMetadataQuorum().quorumInfo().get())
            .isInstanceOf(ExecutionException.class);
      }
    }
  }

  private static void listTopics(Map<String, ?> settings) throws Exception {
    Map<String, Object> quick = new HashMap<>(settings);
    quick.put("default.api.timeout.ms", 2_000);
    quick.put("request.timeout.ms", 1_000);
    try (Admin admin = Admin.create(quick)) {
      admin.listTopics().names().get();
    }
  }

  @Test
  void preservesClusterIdTopicsAndRecordsAcrossRestart(@TempDir Path directory) throws Exception {
    String clusterId;
    try (EmbeddedBroker broker = EmbeddedBroker.builder().dataDirectory(directory).start()) {
      clusterId = clusterId(broker);
      createTopic(broker, Map.of());
      send(broker, "2");
    }
    try (EmbeddedBroker broker = EmbeddedBroker.builder().dataDirectory(directory).start()) {
      assertThat(clusterId(broker)).isEqualTo(clusterId);
      assertThat(read(broker).key()).isEqualTo("2");
    }
  }

  @Test
  void severalBrokersRunInOneJvm() throws Exception {
    try (EmbeddedBroker one = EmbeddedBroker.start();
        EmbeddedBroker other = EmbeddedBroker.start()) {
      createTopic(one, Map.of());
      createTopic(other, Map.of());
      send(one, "2");
      send(other, "5");

      assertThat(clusterId(one)).isNotEqualTo(clusterId(other));
      assertThat(read(one).key()).isEqualTo("2");
      assertThat(read(other).key()).isEqualTo("5");
    }
  }

  @Test
  void deletesItsTemporaryDirectory() throws Exception {
    Path storage;
    try (Storage temporary = Storage.temporary()) {
      storage = temporary.directory();
      temporary.format(BrokerSettings.NODE_ID, BrokerSettings.CONTROLLER);
      assertThat(storage).isNotEmptyDirectory();
    }
    assertThat(Files.exists(storage)).isFalse();
  }

  @Test
  void rejectsADirectoryInUse(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.builder().dataDirectory(directory).start()) {
      assertThatThrownBy(() -> EmbeddedBroker.builder().dataDirectory(directory).start())
          .isInstanceOf(IOException.class)
          .hasMessage("The directory " + directory + " is in use by another broker.");
      assertThat(clusterId(broker)).isNotEmpty();
    }
  }

  @Test
  void rejectsAPortInUse() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
      assertThatThrownBy(() -> EmbeddedBroker.builder().port(port).start())
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("The broker cannot listen on 127.0.0.1:" + port);
    }
  }

  @Test
  void closeIsIdempotent() throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start();
    broker.close();
    broker.close();
    broker.awaitStop();
  }

  private static void createTopic(EmbeddedBroker broker, Map<String, String> configs)
      throws Exception {
    try (Admin admin = Admin.create(bootstrap(broker))) {
      NewTopic topic = new NewTopic(TOPIC, 1, (short) 1).configs(configs);
      admin.createTopics(List.of(topic)).all().get();
    }
  }

  private static String clusterId(EmbeddedBroker broker) throws Exception {
    try (Admin admin = Admin.create(bootstrap(broker))) {
      return admin.describeCluster().clusterId().get();
    }
  }

  private static void send(EmbeddedBroker broker, String key) throws Exception {
    try (KafkaProducer<String, byte[]> producer = producer(broker, Map.of())) {
      producer.send(new ProducerRecord<>(TOPIC, key, new byte[1])).get();
    }
  }

  private static KafkaProducer<String, byte[]> producer(
      EmbeddedBroker broker, Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(bootstrap(broker));
    all.putAll(settings);
    return new KafkaProducer<>(all, new StringSerializer(), new ByteArraySerializer());
  }

  private static ConsumerRecord<String, byte[]> read(EmbeddedBroker broker) {
    Map<String, Object> settings = new HashMap<>(bootstrap(broker));
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      return consumer.poll(Duration.ofSeconds(30)).records(partition).get(0);
    }
  }

  private static Map<String, Object> bootstrap(EmbeddedBroker broker) {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }
}
