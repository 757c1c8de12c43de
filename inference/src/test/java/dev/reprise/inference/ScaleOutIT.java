package dev.reprise.inference;

import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Topics;
import dev.reprise.inference.model.TinyModel;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A second instance of a service that has scored many tracks. */
@Tag("slow")
@Timeout(300)
class ScaleOutIT {
  private static final Topics TOPICS = Topics.defaults();
  private static final String APPLICATION = "test";
  private static final int PARTITIONS = 2;

  /** Above {@code acceptable.recovery.lag}, 10,000 by default. */
  private static final int CHANGES = 10_100;

  /** Two intervals at which Kafka Streams checks whether the new instance's replicas are warm. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void aNewInstanceGetsItsShareWithinMinutes() throws Exception {
    TinyModel.of("cnn", "1.0.0", 1).writeTo(folder.resolve("models"));
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      KafkaSettings kafka =
          new KafkaSettings(Map.of("bootstrap.servers", broker.bootstrapServers()), TOPICS);
      try (Admin admin = Admin.create(kafka.overriding(Map.of()))) {
        createTopics(admin);
        writeChangelog(kafka);
        try (InferenceService first = InferenceService.start(config(kafka, "first"))) {
          await().atMost(TIMEOUT).until(() -> shares(admin).equals(List.of(2)));
          try (InferenceService second = InferenceService.start(config(kafka, "second"))) {
            await().atMost(TIMEOUT).until(() -> shares(admin).equals(List.of(1, 1)));
          }
        }
      }
    }
  }

  private static void createTopics(Admin admin) throws Exception {
    admin
        .createTopics(
            TOPICS.specs().stream()
                .map(spec -> new NewTopic(spec.name(), PARTITIONS, (short) 1))
                .toList())
        .all()
        .get();
    NewTopic changelog = new NewTopic(changelog(), PARTITIONS, (short) 1);
    admin.createTopics(List.of(changelog.configs(Map.of("cleanup.policy", "compact")))).all().get();
  }

  private static String changelog() {
    return APPLICATION + "-tracks-changelog";
  }

  /** Writes the changes of tracks whose state has expired since. */
  private static void writeChangelog(KafkaSettings kafka) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            kafka.overriding(Map.of()), new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < CHANGES * PARTITIONS; i++) {
        producer.send(new ProducerRecord<>(changelog(), i % PARTITIONS, "expired " + i, null));
      }
    }
  }

  /** Returns how many partitions of mfcc each instance has. */
  private static List<Integer> shares(Admin admin) throws Exception {
    return admin.describeConsumerGroups(List.of(APPLICATION)).all().get().values().stream()
        .flatMap(group -> group.members().stream())
        .map(member -> member.assignment().topicPartitions().size())
        .toList();
  }

  private InferenceConfig config(KafkaSettings kafka, String instance) {
    return new InferenceConfig(
        kafka,
        APPLICATION,
        1,
        folder.resolve(instance),
        folder.resolve("models"),
        "cnn",
        Optional.empty(),
        Duration.ofMinutes(1),
        "cpu",
        Optional.empty(),
        new EndpointsConfig("127.0.0.1", 0, Optional.empty()));
  }
}
