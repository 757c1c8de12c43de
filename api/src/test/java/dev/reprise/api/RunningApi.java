package dev.reprise.api;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A running instance of the API on its own broker, ready for requests. */
public final class RunningApi implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final Topics TOPICS = Topics.defaults();

  private final EmbeddedBroker broker;
  private final KafkaSettings kafka;
  private final ApiService service;

  private RunningApi(EmbeddedBroker broker, Path folder, List<String> corsOrigins)
      throws Exception {
    this.broker = broker;
    this.kafka = new KafkaSettings(Map.of("bootstrap.servers", broker.bootstrapServers()), TOPICS);
    createTopics();
    this.service =
        ApiService.start(
            new ApiConfig(
                kafka,
                "api",
                folder,
                "127.0.0.1",
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                corsOrigins,
                10,
                ApiConfig.DEFAULT_UPLOAD_MEMORY,
                Optional.empty(),
                ApiConfig.DEFAULT_MAX_UPLOAD_BYTES,
                ApiConfig.DEFAULT_MAX_SPOOL_BYTES,
                EndpointsConfig.local(),
                "test"),
            Optional::empty);
    await().atMost(TIMEOUT).until(() -> service.readiness().isUp());
  }

  /** Starts the broker and the instance; closes the broker if the instance does not start. */
  public static RunningApi start(Path folder, String... corsOrigins) throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start();
    try {
      return new RunningApi(broker, folder, List.of(corsOrigins));
    } catch (Exception e) {
      broker.close();
      throw e;
    }
  }

  private void createTopics() throws Exception {
    try (Admin admin = Admin.create(kafka.overriding(Map.of()))) {
      admin
          .createTopics(
              TOPICS.specs().stream()
                  .map(spec -> new NewTopic(spec.name(), 1, (short) 1).configs(spec.configs()))
                  .toList())
          .all()
          .get();
    }
  }

  public int port() {
    return service.apiPort();
  }

  public void publish(String topic, String key, Message value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            kafka.overriding(Map.of()), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, key, Json.bytes(value))).get();
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
    broker.close();
  }
}
