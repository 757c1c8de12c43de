package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.TopicReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replays of dead letters, each test on its own cluster. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ReplayIT {
  private static final Topics TOPICS = Topics.defaults();
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final Console console = new Console();
  private final EmbeddedBroker broker;
  private final Path directory;
  private final KafkaProducer<byte[], byte[]> producer;
  private @Nullable Process extractor;

  ReplayIT(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.broker = EmbeddedBroker.start();
    this.producer =
        new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @BeforeEach
  void createTopics() {
    assertThat(run("topics", "create", "--partitions", "1")).isZero();
  }

  @AfterEach
  void stop() throws IOException {
    if (extractor != null) {
      extractor.destroyForcibly();
    }
    producer.close();
    broker.close();
  }

  @Test
  void replaysTheEventOfAMissingFileOnceItExists() throws Exception {
    Path song = directory.resolve("music/song.wav");
    WavFile.write(directory.resolve("music/other.wav"), 1, 2);
    extractor =
        OwnProcess.start(
            directory.resolve("extractor.log"),
            List.of(
                "extractor",
                "--threads",
                "1",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--allowed-root",
                directory.resolve("music").toString(),
                "--data-dir",
                directory.resolve("data").toString(),
                "--http-port",
                "0"));
    byte[] value = bytes("{\"uri\":\"" + song.toUri() + "\"}");
    send(TOPICS.audioFiles(), "song", value, Map.of("ce_id", "7", "x-own", "kept"));
    await().atMost(TIMEOUT).until(() -> records(TOPICS.deadLetters()).size() == 1);

    assertThat(run("dead-letters", "replay", "--reason", "source-not-found")).isZero();
    assertThat(console.out())
        .hasSize(2)
        .last()
        .asString()
        .matches("1 +song +source-not-found +reprise.audio-files.v1-0-0 +would be sent");
    assertThat(console.err())
        .containsExactly(
            "1 to be sent, 0 already sent, 0 cannot be sent. Nothing is sent without --execute.");
    assertThat(records(TOPICS.audioFiles())).hasSize(1);

    WavFile.write(song, 3, 1);
    assertThat(run("dead-letters", "replay", "--id", "song", "--execute")).isZero();
    assertThat(console.out()).last().asString().contains("sent as reprise.audio-files.v1-0-1");
    assertThat(console.err()).containsExactly("1 sent, 0 already sent, 0 cannot be sent.");
    await()
        .atMost(TIMEOUT)
        .until(() -> records(TOPICS.mfcc()).stream().anyMatch(ReplayIT::isComplete));

    assertThat(run("dead-letters", "replay", "1", "--execute")).isZero();
    assertThat(console.out())
        .last()
        .asString()
        .contains("already sent as reprise.audio-files.v1-0-1");
    assertThat(console.err()).containsExactly("0 sent, 1 already sent, 0 cannot be sent.");
    List<ConsumerRecord<byte[], byte[]>> events = records(TOPICS.audioFiles());
    assertThat(events).hasSize(2);
    assertThat(events.get(1).key()).isEqualTo(bytes("song"));
    assertThat(events.get(1).value()).isEqualTo(value);
    assertThat(headers(events.get(1)))
        .isEqualTo(Map.of("ce_id", "7", "x-own", "kept"))
        .isEqualTo(headers(events.get(0)));
    assertThat(records(TOPICS.deadLetters())).hasSize(1);
  }

  /** One event may have several dead letters, one for each clip. */
  @Test
  void fetchesAnEventThatTheDeadLetterLacks() throws Exception {
    send(TOPICS.audioFiles(), "expired", bytes("audio"), Map.of());
    send(TOPICS.audioFiles(), "large", bytes("audio"), Map.of("content-type", "audio/mpeg"));
    send(TOPICS.audioFiles(), "clips", bytes("more"), Map.of());
    String audio = TOPICS.audioFiles();
    try (Admin admin = Admin.create(client())) {
      TopicPartition partition = new TopicPartition(audio, 0);
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1))).all().get();
    }
    sendDeadLetter("expired", "too-long", audio, 0, bytes(coordinates(audio, 0)));
    sendDeadLetter("large", "too-long", audio, 1, bytes(coordinates(audio, 1)));
    sendDeadLetter("gone", "too-long", audio, 99, bytes(coordinates(audio, 99)));
    sendDeadLetter("clips", "scoring-failed", TOPICS.mfcc(), 5, clip(audio + "-0-2"));
    sendDeadLetter("clips", "scoring-failed", TOPICS.mfcc(), 6, clip(audio + "-0-2"));
    sendDeadLetter("odd", "bad-mfcc", TOPICS.mfcc(), 7, bytes("?"));
    sendDeadLetter("2", "bad-truth", TOPICS.truth(), 8, bytes("{}"));

    assertThat(run("dead-letters", "replay", "--since", "2020-01-01T00:00:00Z", "--execute"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err()).containsExactly("2 sent, 1 already sent, 4 cannot be sent.");
    assertThat(console.out().subList(1, 8))
        .satisfiesExactly(
            line -> assertThat(line).contains(audio + "-0-0 has been deleted"),
            line -> assertThat(line).contains("large").contains("sent as " + audio + "-0-3"),
            line -> assertThat(line).contains(audio + "-0-99 has been deleted"),
            line -> assertThat(line).contains("clips").contains("sent as " + audio + "-0-4"),
            line -> assertThat(line).contains("same event as dead letter 4"),
            line -> assertThat(line).contains("it does not identify its audio event"),
            line ->
                assertThat(line)
                    .contains("it comes from reprise.truth.v1, not from an audio event"));
    List<ConsumerRecord<byte[], byte[]>> events = records(audio);
    assertThat(events).hasSize(4);
    assertThat(events.get(2).value()).isEqualTo(bytes("audio"));
    assertThat(headers(events.get(2))).isEqualTo(Map.of("content-type", "audio/mpeg"));
    assertThat(events.get(3).value()).isEqualTo(bytes("more"));
  }

  @Test
  void fencesOffAnAbandonedReplay() {
    sendDeadLetter("2", "source-not-found", TOPICS.audioFiles(), 4, bytes("{}"));
    Map<String, Object> transactional =
        Map.of(
            "bootstrap.servers", broker.bootstrapServers(),
            "transactional.id", TOPICS.replays());
    try (KafkaProducer<byte[], byte[]> abandoned =
        new KafkaProducer<>(transactional, new ByteArraySerializer(), new ByteArraySerializer())) {
      abandoned.initTransactions();
      abandoned.beginTransaction();
      abandoned.send(new ProducerRecord<>(TOPICS.audioFiles(), bytes("2"), bytes("{}")));
      abandoned.send(
          new ProducerRecord<>(
              TOPICS.replays(), bytes(TOPICS.audioFiles() + "-0-4"), bytes("elsewhere")));
      abandoned.flush();

      assertThat(run("dead-letters", "replay", "1", "--execute")).isZero();
      assertThat(console.err()).containsExactly("1 sent, 0 already sent, 0 cannot be sent.");
      assertThatThrownBy(abandoned::commitTransaction).isInstanceOf(ProducerFencedException.class);
    }
    assertThat(records(TOPICS.audioFiles())).hasSize(1);
    assertThat(records(TOPICS.replays())).hasSize(1);
  }

  @Test
  void requiresValidConditions() {
    sendDeadLetter("2", "too-long", TOPICS.audioFiles(), 4, bytes("{}"));
    sendDeadLetter("5", "too-short", TOPICS.audioFiles(), 5, bytes("{}"));
    assertThat(run("dead-letters", "replay")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err()).singleElement().asString().startsWith("Select dead letters");
    assertThat(run("dead-letters", "replay", "3", "--reason", "sad")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .containsExactly(
            "There is no dead letter 3; the list has 2.",
            "There is no reason 'sad'; docs/TOPICS.md lists them.");
    assertThat(run("dead-letters", "replay", "--since", "yesterday")).isEqualTo(ExitCode.USAGE);

    assertThat(run("dead-letters", "replay", "--until", "2020-01-01T00:00:00Z")).isZero();
    assertThat(console.err()).containsExactly("No dead letter matches the conditions.");
    assertThat(run("dead-letters", "replay", "--reason", "too-short,too-long", "--id", "5"))
        .isZero();
    assertThat(console.out()).hasSize(2).last().asString().startsWith("2  5 ");
    assertThat(run("dead-letters", "replay", "--id", TOPICS.audioFiles() + "-0-4")).isZero();
    assertThat(console.out()).hasSize(2).last().asString().startsWith("1  2 ");
  }

  private static boolean isComplete(ConsumerRecord<byte[], byte[]> record) {
    try {
      return MfccRecord.parseFrom(record.value()).hasComplete();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] clip(String extractionId) {
    MfccRecord.Builder record = MfccRecord.newBuilder();
    record.getExtractionBuilder().setId(extractionId);
    return record.build().toByteArray();
  }

  private static String coordinates(String topic, long offset) {
    return "{\"topic\":\"%s\",\"partition\":0,\"offset\":\"%d\"}".formatted(topic, offset);
  }

  private void sendDeadLetter(String key, String reason, String topic, long offset, byte[] value) {
    send(
        TOPICS.deadLetters(),
        key,
        value,
        Map.of(
            DeadLetters.STAGE,
            "decode",
            DeadLetters.REASON,
            reason,
            DeadLetters.TOPIC,
            topic,
            DeadLetters.PARTITION,
            "0",
            DeadLetters.OFFSET,
            Long.toString(offset)));
  }

  private void send(String topic, String key, byte[] value, Map<String, String> headers) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, bytes(key), value);
    headers.forEach((name, text) -> record.headers().add(name, bytes(text)));
    producer.send(record);
    producer.flush();
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    KafkaSettings kafka =
        new KafkaSettings(Map.of("bootstrap.servers", broker.bootstrapServers()), TOPICS);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = TopicReader.fromBeginning(kafka, List.of(topic))) {
      while (!reader.atEnd()) {
        records.addAll(reader.poll(Duration.ofMillis(200)));
      }
      return records;
    } catch (ConfigurationException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : record.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    return headers;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    return console.run(all.toArray(String[]::new));
  }

  private Map<String, Object> client() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }
}
