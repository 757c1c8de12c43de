package dev.reprise.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Starts a broker on the data directory of one that was killed. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class KilledBrokerIT {
  private static final TopicPartition SONGS = new TopicPartition("songs", 0);
  private static final String GROUP = "listeners";

  private final Logger coordinator =
      (Logger)
          LoggerFactory.getLogger("org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void captureCoordinatorLog() {
    log.start();
    coordinator.addAppender(log);
    coordinator.setLevel(Level.INFO);
    coordinator.setAdditive(false);
  }

  @AfterEach
  void releaseCoordinatorLog() {
    coordinator.detachAppender(log);
    coordinator.setLevel(null);
    coordinator.setAdditive(true);
  }

  /**
   * With two elections there are two loads, and the second may serve groups that it has not read.
   */
  @Test
  void loadsGroupsOnce(@TempDir Path directory) throws Exception {
    commitToBrokerAndKillIt(directory);

    try (EmbeddedBroker broker = EmbeddedBroker.builder().dataDirectory(directory).start();
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      assertThat(admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get())
          .containsEntry(SONGS, new OffsetAndMetadata(7));
    }

    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .filteredOn(message -> message.startsWith("[GroupCoordinator id=1] Scheduling loading"))
        .hasSize(1);
  }

  private static void commitToBrokerAndKillIt(Path directory) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      String address = out.readLine();
      assertThat(address).as("address of the broker").isNotNull();
      createTopic(address);
      commit(address);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static void createTopic(String address) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      admin.createTopics(Set.of(new NewTopic(SONGS.topic(), 1, (short) 1))).all().get();
    }
  }

  private static void commit(String address) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", address, "group.id", GROUP),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(SONGS));
      consumer.commitSync(Map.of(SONGS, new OffsetAndMetadata(7)), Duration.ofSeconds(30));
    }
  }

  /** Runs a broker and prints its address. */
  static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] arguments) throws IOException {
      EmbeddedBroker broker = EmbeddedBroker.builder().dataDirectory(Path.of(arguments[0])).start();
      System.out.println(broker.bootstrapServers());
      broker.awaitStop();
    }
  }
}
