package dev.reprise.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import dev.reprise.spool.SpoolName;
import dev.reprise.spool.SpoolWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads in the spool, with a real broker. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class UploadsIT {
  private static final Topics TOPICS = Topics.defaults();
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  @TempDir Path folder;

  private EmbeddedBroker broker;
  private Admin admin;
  private KafkaProducer<String, byte[]> producer;
  private Spool spool;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start();
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    admin = Admin.create(settings);
    List<NewTopic> topics = new ArrayList<>();
    for (Topics.Spec spec : TOPICS.specs()) {
      topics.add(new NewTopic(spec.name(), 1, (short) 1).configs(spec.configs()));
    }
    admin.createTopics(topics).all().get();
    producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    spool = Spool.open(spoolConfig());
  }

  @AfterEach
  void stop() throws Exception {
    producer.close();
    admin.close();
    broker.close();
  }

  @Test
  void extractedUploadsAreDeletedAndThoseThatCanBeReplayedAreKept() throws Exception {
    SpoolName good = upload(WavFiles.tone(22_050, 2));
    SpoolName noise = upload("This is no audio.".getBytes(StandardCharsets.UTF_8));
    SpoolName tooLarge = upload(new byte[2 << 20]);
    try (ExtractorService service = ExtractorService.start(config(1 << 20))) {
      assertThat(service.httpPort()).isPositive();
      send("good", good);
      send("noise", noise);
      send("too-large", tooLarge);
      send("twice", good);
      assertThat(reasons(3))
          .containsExactly(
              "noise unknown-format", "too-large source-too-large", "twice source-not-found");
      await().until(() -> files().size() == 1);
    }
    assertThat(files()).containsExactly(tooLarge.text());
    try (ExtractorService service = ExtractorService.start(config(4 << 20))) {
      assertThat(service.httpPort()).isPositive();
      // As a replay would, with the limit raised: now it is known to be no audio.
      send("too-large", tooLarge);
      assertThat(reasons(4)).contains("too-large unknown-format");
      await().until(() -> files().isEmpty());
    }
  }

  /**
   * The broker refuses the clips, so that every transaction is aborted after the event has been
   * processed, and the event is processed again, as after a crash in between.
   */
  @Tag("slow")
  @Test
  void anUploadIsKeptUntilItsEventIsCommitted() throws Exception {
    limitMfccRecords("1000");
    SpoolName upload = upload(WavFiles.tone(22_050, 2));
    try (ExtractorService service = ExtractorService.start(config(1 << 20))) {
      send("song", upload);
      await().until(() -> completed(service) >= 2);
      assertThat(files()).containsExactly(upload.text());
      limitMfccRecords("1048576");
      try (KafkaConsumer<String, byte[]> mfcc = consumer(TOPICS.mfcc())) {
        List<String> committed = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : read(mfcc, 2)) {
          committed.add(MfccRecord.parseFrom(record.value()).getBodyCase().name());
        }
        assertThat(committed).containsExactly("CLIP", "COMPLETE");
      }
      await().until(() -> files().isEmpty());
    }
  }

  private void limitMfccRecords(String bytes) throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPICS.mfcc());
    ConfigEntry limit = new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, bytes);
    admin
        .incrementalAlterConfigs(
            Map.of(topic, List.of(new AlterConfigOp(limit, AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  /** Stream threads end by exceptions here, and are replaced. */
  private static ConditionFactory await() {
    return Awaitility.await().dontCatchUncaughtExceptions().atMost(TIMEOUT);
  }

  private static double completed(ExtractorService service) {
    return service.meters().get("reprise.events").tag("outcome", "completed").counter().count();
  }

  private SpoolName upload(byte[] audio) throws IOException {
    SpoolName name = SpoolName.random();
    try (SpoolWriter writer = spool.create(name)) {
      writer.write(audio, 0, audio.length);
      writer.complete();
    }
    return name;
  }

  private void send(String key, SpoolName upload) throws Exception {
    byte[] event = ("{\"uri\":\"" + upload.uri() + "\"}").getBytes(StandardCharsets.UTF_8);
    producer.send(new ProducerRecord<>(TOPICS.audioFiles(), key, event)).get();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(spoolFolder())) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  private List<String> reasons(int count) {
    try (KafkaConsumer<String, byte[]> deadLetters = consumer(TOPICS.deadLetters())) {
      return read(deadLetters, count).stream()
          .map(
              record ->
                  record.key()
                      + " "
                      + new String(
                          record.headers().lastHeader(DeadLetters.REASON).value(),
                          StandardCharsets.UTF_8))
          .toList();
    }
  }

  private static List<ConsumerRecord<String, byte[]>> read(
      KafkaConsumer<String, byte[]> consumer, int count) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    await()
        .until(
            () -> {
              consumer.poll(Duration.ofMillis(100)).forEach(records::add);
              return records.size() >= count;
            });
    assertThat(records).hasSize(count);
    return records;
  }

  private KafkaConsumer<String, byte[]> consumer(String topic) {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "isolation.level",
                "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  /** Where the extractor has its temporary files too, which it deletes at its start. */
  private Path spoolFolder() {
    return folder.resolve("data").resolve("spool");
  }

  private SpoolConfig spoolConfig() {
    return new SpoolConfig(new SpoolLocation.Folder(spoolFolder()), S3Store.aws());
  }

  private ExtractorConfig config(long maxBytes) {
    SourceLimits defaults = SourceLimits.defaults();
    return new ExtractorConfig(
        new KafkaSettings(Map.of("bootstrap.servers", broker.bootstrapServers()), TOPICS),
        "extractor-test",
        1,
        folder.resolve("data"),
        new SourceLimits(List.of(), List.of(), maxBytes, defaults.maxFetchTime(), defaults.s3()),
        ObjectTrackIdRule.PATH,
        DecoderConfig.defaults(),
        Optional.of(spoolConfig()),
        ExtractorConfig.DEFAULT_SPOOL_RETENTION,
        EndpointsConfig.local());
  }
}
