package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.truth.CsvFile;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.runtime.TopicReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code truth load} against a broker. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TruthIT {
  private static final List<String> COLUMNS =
      List.of(
          "temporal_features.001",
          "temporal_features.000",
          "audio_features.energy",
          "metadata.artist_name");

  private final Console console = new Console();
  private final EmbeddedBroker broker;

  @TempDir private Path folder;

  TruthIT() throws IOException {
    broker = EmbeddedBroker.start();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @BeforeEach
  void createTopics() {
    assertThat(run("topics", "create", "--partitions", "3")).isZero();
  }

  @Test
  void publishesTheSameRecordsEachTime() throws Exception {
    Path file = write("0002,1,-2.5,0,\"Björk,\nand others\"", "3,,,0.25,", "140,,,,");
    for (int i = 0; i < 2; i++) {
      assertThat(run("truth", "load", file.toString())).isZero();
      assertThat(console.out()).isEmpty();
      assertThat(console.err())
          .containsExactly("3 tracks published to reprise.truth.v1; 0 rows rejected.");
    }

    List<String> once =
        List.of(
            "2 [content-type=application/json] {\"track_id\":\"2\",\"audio_features\":"
                + "{\"energy\":0.0},\"metadata\":{\"artist_name\":\"Björk,\\nand others\"},"
                + "\"temporal_features\":{\"000\":-2.5,\"001\":1.0}}",
            "3 [content-type=application/json] {\"track_id\":\"3\",\"audio_features\":"
                + "{\"energy\":0.25},\"temporal_features\":{}}",
            "140 [content-type=application/json] {\"track_id\":\"140\",\"temporal_features\":{}}");
    assertThat(published())
        .containsExactlyInAnyOrderElementsOf(Stream.concat(once.stream(), once.stream()).toList());
  }

  /**
   * Several requests' worth of records, so that an acknowledgement not awaited would be noticed.
   */
  @Test
  void everyTrackIsPublishedWhenTheCommandEnds() throws Exception {
    String[] rows = IntStream.range(1, 20_001).mapToObj(i -> i + ",,,0.5,A").toArray(String[]::new);
    assertThat(run("truth", "load", "--strict", write(rows).toString())).isZero();
    assertThat(console.err())
        .containsExactly("20000 tracks published to reprise.truth.v1; 0 rows rejected.");
    assertThat(keys()).hasSize(20_000).doesNotHaveDuplicates();
  }

  @Test
  void skipsInvalidRowsAndPublishesTheOthers() throws Exception {
    assertThat(run("truth", "load", invalid())).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .containsExactly(
            "Line 6, audio_features.energy: 1.5 is not between 0 and 1.",
            "Line 8, track_id: '2' is already on line 5.",
            "2 tracks published to reprise.truth.v1; 2 rows rejected.");
    assertThat(keys()).containsExactlyInAnyOrder("2", "5");
  }

  @Test
  void strictPublishesNothingIfARowIsInvalid() throws Exception {
    assertThat(run("truth", "load", "--strict", invalid())).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .containsExactly(
            "Line 6, audio_features.energy: 1.5 is not between 0 and 1.",
            "Line 8, track_id: '2' is already on line 5.",
            "0 tracks published to reprise.truth.v1; 2 rows rejected, and with them the whole"
                + " file (--strict).");
    assertThat(keys()).isEmpty();
  }

  @Test
  void publishesNothingOfAFileThatCannotBeReadToItsEnd() throws Exception {
    Path file = write("2,,,0.5,A", "3,,,0.5,\"B");
    assertThat(run("truth", "load", file.toString())).isEqualTo(ExitCode.FAILED);
    assertThat(console.err()).hasSize(1).allMatch(line -> line.contains("starting at line 6"));
    assertThat(keys()).isEmpty();
  }

  @Test
  void reportsARejectedRecord() {
    Path file = write("2,,,0.5,A", "3,,,0.5," + "B".repeat(500), "5,,,0.5,A");
    assertThat(run("truth", "load", file.toString(), "-K", "max.request.size=500"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .hasSize(1)
        .allMatch(line -> line.matches("Kafka: The message is \\d+ bytes .*"));
  }

  @Test
  void reportsAMissingTopic() {
    assertThat(run("truth", "load", invalid(), "--topic-prefix", "other."))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .last()
        .isEqualTo(
            "Topic other.truth.v1 does not exist at %s; create it with 'reprise topics create'."
                .formatted(broker.bootstrapServers()));
  }

  private String invalid() {
    return write("2,,,0.5,A", "3,,,1.5,A", "5,,,0.5,A", "2,,,0.5,A").toString();
  }

  private Path write(String... rows) {
    return CsvFile.write(folder.resolve("echonest.csv"), COLUMNS, rows);
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    return console.run(all.toArray(String[]::new));
  }

  private List<String> keys() throws Exception {
    return published().stream().map(record -> record.substring(0, record.indexOf(' '))).toList();
  }

  /** Returns all truth records: key, headers, value. */
  private List<String> published() throws Exception {
    KafkaSettings kafka =
        new KafkaSettings(
            Map.of("bootstrap.servers", broker.bootstrapServers()), Topics.defaults());
    List<String> records = new ArrayList<>();
    try (TopicReader reader = TopicReader.fromBeginning(kafka, List.of(kafka.topics().truth()))) {
      while (!reader.atEnd()) {
        reader.poll(Duration.ofMillis(500)).forEach(record -> records.add(text(record)));
      }
    }
    return records;
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    List<String> headers =
        Arrays.stream(record.headers().toArray())
            .map((Header header) -> header.key() + "=" + utf8(header.value()))
            .toList();
    return utf8(record.key()) + " " + headers + " " + utf8(record.value());
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
