package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.cli.command.ExitCode;
import dev.reprise.cli.topics.TopicAdmin;
import dev.reprise.contract.Topics;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.runtime.KafkaSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that need a cluster but no service, each test on its own cluster. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ClusterIT {
  private final Console console = new Console();
  private final EmbeddedBroker broker;

  ClusterIT() throws IOException {
    broker = EmbeddedBroker.start();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @BeforeEach
  void createTopics() {
    assertThat(run("topics", "create", "--partitions", "3")).isZero();
    assertThat(console.out()).hasSize(12).allMatch(line -> line.endsWith(" created, 3 partitions"));
  }

  @Test
  void createsTopicsOnceAndPrintsDifferences() throws Exception {
    set("reprise.mfcc.v1", "retention.ms", "1000");

    assertThat(run("topics", "create", "--partitions", "5")).isZero();
    assertThat(console.out())
        .hasSize(12)
        .contains("reprise.predictions.v1 exists, 3 partitions")
        .contains("reprise.mfcc.v1 exists, 3 partitions; differs: retention.ms=1000, not 86400000");

    assertThat(run("topics", "list")).isZero();
    assertThat(console.out())
        .hasSize(13)
        .anyMatch(line -> line.matches("reprise.truth.v1 +3 +1 +as specified"));
  }

  /** As 'serve' and 'run' do with the topics of an earlier version's data directory. */
  @Test
  void retainsByAppendTimeAndLeavesOtherSettings() throws Exception {
    set("reprise.audio-files.v1", "message.timestamp.type", "CreateTime");
    set("reprise.mfcc.v1", "retention.ms", "-1");
    assertThat(run("topics", "list")).isZero();
    assertThat(console.out())
        .anyMatch(line -> line.contains("message.timestamp.type=CreateTime, not LogAppendTime"));

    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      new TopicAdmin(
              new KafkaSettings(
                  Map.of("bootstrap.servers", broker.bootstrapServers()), Topics.defaults()),
              admin)
          .retainByAppendTime(Topics.defaults().specs());
    }
    await()
        .untilAsserted(
            () -> {
              assertThat(run("topics", "list")).isZero();
              assertThat(console.out())
                  .anyMatch(line -> line.matches("reprise.audio-files.v1 .* as specified"))
                  .anyMatch(line -> line.endsWith("retention.ms=-1, not 86400000"));
            });
  }

  @Test
  void doctorReportsFaultsOnly() throws Exception {
    assertThat(run("doctor", "--model-repository", RunIT.MODELS)).isZero();
    assertThat(console.out()).noneMatch(line -> line.startsWith("error"));

    set("reprise.mfcc.v1", "retention.ms", "1000");
    assertThat(run("doctor", "--model-repository", "/nowhere")).isEqualTo(ExitCode.FAILED);
    assertThat(console.out().stream().filter(line -> line.startsWith("error")))
        .hasSize(2)
        .anyMatch(line -> line.contains("Model echonest-cnn is not in the repository /nowhere"))
        .anyMatch(line -> line.contains("reprise.mfcc.v1 has retention.ms=1000, not 86400000"));

    assertThat(run("doctor", "--topic-prefix", "other.")).isEqualTo(ExitCode.FAILED);
    assertThat(console.out()).anyMatch(line -> line.contains("other.drift.v1 does not exist"));
  }

  @Test
  void submitsUrisAndBytesAsCloudEvents(@TempDir Path music) {
    Path song = WavFile.write(music.resolve("a song.wav"), 2, 1);
    String root = music.toString();
    assertThat(run("submit", "--root", root, song.toString())).isZero();
    assertThat(console.out()).hasSize(1).allMatch(line -> line.startsWith("a song.wav\treprise."));
    assertThat(run("submit", "--root", root, "--inline", song.toString())).isZero();

    assertThat(run("consume", "--topic", "audio-files", "--from-beginning", "--max", "2")).isZero();
    assertThat(console.out())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("{\"uri\":\"file:///") && line.contains("a%20song.wav"))
        .anyMatch(
            line ->
                line.contains("\"key\":\"a song.wav\"") && line.contains("\"value_bytes\":88244"));
  }

  @Test
  void submitsTheOthersIfAFileIsTooLargeOrMissing(@TempDir Path music) throws Exception {
    Path song = music.resolve("long.wav");
    Files.write(song, new byte[Topics.MAX_EVENT_BYTES]);
    Path good = WavFile.write(music.resolve("short.wav"), 2, 1);
    Path missing = music.resolve("missing.wav");
    assertThat(run("submit", "--inline", "" + missing, "" + song, "" + good))
        .isEqualTo(ExitCode.FAILED);
    assertThat(console.out()).hasSize(1).allMatch(line -> line.contains("/short.wav\treprise."));
    assertThat(console.err())
        .containsExactly(
            missing + " does not exist.",
            song.toRealPath()
                + " has 16777216 bytes, too many for an event of 16 MiB; submit it without"
                + " --inline.");
  }

  /** The second file must not replace the first, which has the same name. */
  @Test
  void tracksOfTwoFoldersHaveDifferentIds(@TempDir Path music) {
    for (String album : List.of("CD1", "CD2")) {
      WavFile.write(music.resolve(album + "/01.wav"), 2, 1);
      assertThat(run("submit", music.resolve(album).toString())).isZero();
      assertThat(console.out()).hasSize(1).allMatch(line -> line.contains(album + "/01.wav\t"));
    }
  }

  @Test
  void escapesControlCharactersOfADeadLetter() {
    sendDeadLetter("2\u001b[2J", "too-\nshort");
    assertThat(run("dead-letters")).isZero();
    assertThat(console.out()).hasSize(2).last().asString().contains(" 2\\u001b[2J  decode");
    assertThat(run("dead-letters", "show", "1")).isZero();
    assertThat(console.out()).contains("key: 2\\u001b[2J", "reprise_reason: too-", "  short");
  }

  @Test
  void listsAndShowsDeadLetters() {
    assertThat(run("dead-letters")).isZero();
    assertThat(console.err()).containsExactly("There are no dead letters.");

    sendDeadLetter("2", "too-short");
    sendDeadLetter("5", "unknown-format");

    assertThat(run("dead-letters", "list")).isZero();
    assertThat(console.out()).hasSize(3);
    assertThat(console.out().get(1))
        .matches("1 +\\d{4}-\\d\\d-\\d\\dT\\S+Z +2 +decode +too-short +audio-0-7 +Why\\.");
    assertThat(console.out().get(2)).contains("unknown-format");

    assertThat(run("dead-letters", "show", "1")).isZero();
    assertThat(console.out()).contains("key: 2", "reprise_reason: too-short", "value: 4 bytes");

    assertThat(run("dead-letters", "show", "3")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err()).containsExactly("There is no dead letter 3; the list has 2.");
  }

  @Test
  void reportsAMissingTopic() {
    assertThat(run("consume", "--topic", "nonsense")).isEqualTo(ExitCode.FAILED);
    assertThat(console.err())
        .containsExactly(
            "Topic nonsense does not exist at "
                + broker.bootstrapServers()
                + "; create it with 'reprise topics create'.");
  }

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    return console.run(all.toArray(String[]::new));
  }

  private void set(String topic, String name, String value) throws Exception {
    try (Admin admin = Admin.create(client())) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      AlterConfigOp change =
          new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
      admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
      // The broker learns of the change a little later than the controller.
      await()
          .until(
              () -> admin.describeConfigs(List.of(resource)).all().get().toString(),
              configs -> configs.contains("name=" + name + ", value=" + value));
    }
  }

  private void sendDeadLetter(String key, String reason) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client(), new StringSerializer(), new StringSerializer())) {
      ProducerRecord<String, String> record =
          new ProducerRecord<>(Topics.defaults().deadLetters(), key, "song");
      Map.of(
              DeadLetters.STAGE, "decode",
              DeadLetters.REASON, reason,
              DeadLetters.MESSAGE, "Why.",
              DeadLetters.TOPIC, "audio",
              DeadLetters.PARTITION, "0",
              DeadLetters.OFFSET, "7")
          .forEach(
              (name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
      producer.send(record);
    }
  }

  private Map<String, Object> client() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }
}
