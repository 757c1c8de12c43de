package dev.reprise.extractor.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Reason;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.extractor.WavFiles;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.event.AudioEvent;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.pool.DecoderPool;
import dev.reprise.extractor.source.S3Server;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.extractor.source.Sources;
import dev.reprise.extractor.uploads.UploadDeletions;
import dev.reprise.extractor.uploads.UploadMeters;
import dev.reprise.runtime.DeadLetters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology with bucket notifications, CloudEvents, and objects of a real S3 server. */
class ObjectEventsTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final Instant APPENDED = Instant.parse("2026-02-03T04:05:06Z");
  private static final String TIME = "2026-01-02T03:04:05.678Z";

  private static DecoderPool decoders;
  private static S3Server server;

  @TempDir Path folder;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private Sources sources;
  private TopologyTestDriver driver;
  private TestInputTopic<String, byte[]> audioFiles;
  private TestOutputTopic<String, byte[]> mfcc;
  private TestOutputTopic<String, byte[]> deadLetters;

  @BeforeAll
  static void startServers() throws Exception {
    decoders = DecoderPool.start(DecoderConfig.defaults(), 1);
    server = S3Server.start();
    server.createBucket("music");
    server.createBucket("versions");
    server.keepVersions("versions");
    System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", S3Server.SECRET_KEY);
  }

  @AfterAll
  static void stopServers() throws Exception {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    decoders.close();
    server.close();
  }

  @BeforeEach
  void start() {
    start(ObjectTrackIdRule.PATH);
  }

  private void start(ObjectTrackIdRule rule) {
    SourceLimits limits =
        new SourceLimits(
            List.of(),
            List.of(),
            64 << 20,
            Duration.ofSeconds(20),
            server.config("music", "versions", "missing-bucket"));
    sources = new Sources(limits, folder);
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("state").toString());
    driver =
        new TopologyTestDriver(
            ExtractorTopology.create(
                TOPICS,
                sources,
                rule,
                decoders,
                folder,
                new UploadDeletions(Optional.empty(), new UploadMeters(registry)),
                registry),
            properties,
            APPENDED);
    audioFiles =
        driver.createInputTopic(
            TOPICS.audioFiles(), new StringSerializer(), new ByteArraySerializer());
    mfcc = output(TOPICS.mfcc());
    deadLetters = output(TOPICS.deadLetters());
  }

  private TestOutputTopic<String, byte[]> output(String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }

  @AfterEach
  void stop() {
    driver.close();
    sources.close();
  }

  @Test
  void anObjectThatWasCreatedIsExtracted() throws Exception {
    server.put("music", "albums/a b.wav", WavFiles.tone(22_050, 2));
    send(null, notification("ObjectCreated:Put", "music", "albums/a+b.wav", null));
    TestRecord<String, byte[]> clip = mfcc.readRecord();
    assertThat(clip.key()).isEqualTo("music/albums/a b.wav");
    assertThat(record(clip).getExtraction().getId()).isEqualTo("reprise.audio-files.v1-0-0");
    assertThat(Timestamps.toString(record(clip).getExtraction().getEventTime())).isEqualTo(TIME);
    assertThat(record(mfcc.readRecord()).getComplete().getClipCount()).isEqualTo(1);
    assertThat(count("completed")).isEqualTo(1);
  }

  @Test
  void theVersionOfTheNotificationIsRead() throws Exception {
    String first = server.put("versions", "2.wav", WavFiles.tone(22_050, 2));
    server.put("versions", "2.wav", WavFiles.tone(22_050, 3));
    send(null, notification("ObjectCreated:Put", "versions", "2.wav", first));
    mfcc.readRecord();
    assertThat(record(mfcc.readRecord()).getComplete().getDecodedSeconds()).isEqualTo(2);
  }

  @Test
  void theKeyOfTheRecordIsOfNoConsequence() throws Exception {
    stop();
    start(ObjectTrackIdRule.NUMBER);
    server.put("music", "fma/000007.wav", WavFiles.tone(22_050, 2));
    send(
        "music/fma/000007.wav",
        notification("s3:ObjectCreated:Put", "music", "fma/000007.wav", null));
    assertThat(mfcc.readKeyValuesToList()).hasSize(2).allMatch(record -> record.key.equals("7"));
  }

  @Test
  void anObjectThatWasDeletedWithdrawsItsTrack() throws Exception {
    send(null, notification("s3:ObjectRemoved:Delete", "music", "gone.wav", null));
    TestRecord<String, byte[]> withdrawn = mfcc.readRecord();
    assertThat(withdrawn.key()).isEqualTo("music/gone.wav");
    assertThat(record(withdrawn).hasWithdrawn()).isTrue();
    assertThat(Timestamps.toString(record(withdrawn).getExtraction().getEventTime()))
        .isEqualTo(TIME);
    assertThat(mfcc.isEmpty()).isTrue();
    assertThat(count("withdrawn")).isEqualTo(1);
  }

  @Test
  void theDeletionOfAnOldVersionIsIgnored() throws Exception {
    String first = server.put("versions", "3.wav", WavFiles.tone(22_050, 2));
    server.put("versions", "3.wav", WavFiles.tone(22_050, 3));
    server.deleteVersion("versions", "3.wav", first);
    send(null, notification("ObjectRemoved:Delete", "versions", "3.wav", first));
    send(null, notification("LifecycleExpiration:Delete", "versions", "3.wav", first));
    assertThat(mfcc.isEmpty()).isTrue();
    assertThat(count("ignored")).isEqualTo(2);
    server.delete("versions", "3.wav");
    send(null, notification("ObjectRemoved:DeleteMarkerCreated", "versions", "3.wav", "marker"));
    assertThat(record(mfcc.readRecord()).hasWithdrawn()).isTrue();
  }

  @Test
  void otherNotificationsAreIgnoredAndCounted() {
    send(null, notification("ObjectTagging:Put", "music", "a.wav", null));
    send(null, "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"music\"}");
    assertThat(mfcc.isEmpty()).isTrue();
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(count("ignored")).isEqualTo(2);
  }

  @Test
  void rejectionsHaveTheirReasons() throws Exception {
    send(null, notification("ObjectCreated:Put", "music", "none.wav", null));
    assertRejected("source-not-found");
    send(null, notification("ObjectCreated:Put", "missing-bucket", "a.wav", null));
    assertRejected("source-not-found");
    send(null, notification("ObjectCreated:Put", "private", "a.wav", null));
    assertRejected("source-not-allowed");
    send(null, notification("ObjectRemoved:Delete", "private", "a.wav", null));
    assertRejected("source-not-allowed");
    server.put("music", "cover.jpg", "no audio");
    send(null, notification("ObjectCreated:Put", "music", "cover.jpg", null));
    assertRejected("unknown-format");
    send(null, notification("ObjectCreated:Put", "[", "a.wav", null));
    assertRejected("bad-event");
    send(null, notification("ObjectCreated:Put", "a b", "a.wav", null));
    assertRejected("bad-uri");
    send("2", "{\"Records\":[{},{}]}");
    assertThat(reason(deadLetters.readRecord())).isEqualTo("bad-event");
    assertThat(mfcc.isEmpty()).isTrue();
  }

  /** The track gets the reason of the source, not that of the decoder that could not read it. */
  @Test
  void anObjectThatChangesWhileItIsDecodedIsRejectedAsChanged() throws Exception {
    server.put("music", "changing.wav", WavFiles.tone(22_050, 400));
    try (AudioInput input = sources.open(new AudioEvent.ByUri("s3://music/changing.wav"))) {
      server.put("music", "changing.wav", new byte[20 << 20]);
      assertThatExceptionOfType(ExtractionException.class)
          .isThrownBy(() -> decoders.extract(input, clip -> {}))
          .satisfies(e -> assertThat(e.rejection().reason()).isEqualTo(Reason.SOURCE_CHANGED));
    }
  }

  @Test
  void aStructuredCloudEventIsTheSameAsABinaryOne() throws Exception {
    byte[] wav = WavFiles.tone(22_050, 2);
    String attributes =
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"7\","
            + "\"time\":\"2026-01-02T03:04:05Z\",";
    send(
        null,
        attributes
            + "\"datacontenttype\":\"audio/wav\",\"data_base64\":\""
            + Base64.getEncoder().encodeToString(wav)
            + "\"}",
        "content-type",
        "application/cloudevents+json; charset=utf-8");
    server.put("music", "7.wav", wav);
    send(
        null,
        attributes + "\"data\":{\"uri\":\"s3://music/7.wav\"}}",
        "content-type",
        "application/cloudevents+json");
    TestRecord<String, byte[]> inline = mfcc.readRecord();
    assertThat(inline.key()).isEqualTo("7");
    assertThat(header(inline, "ce_subject")).isEqualTo("7");
    assertThat(record(inline).getExtraction().getEventTime().getSeconds())
        .isEqualTo(Instant.parse("2026-01-02T03:04:05Z").getEpochSecond());
    mfcc.readRecord();
    assertThat(record(mfcc.readRecord()).getClip()).isEqualTo(record(inline).getClip());
    mfcc.readRecord();
    send(
        null,
        attributes
            + "\"data\":"
            + notification("ObjectRemoved:Delete", "music", "gone.wav", null)
            + "}",
        "content-type",
        "application/cloudevents+json");
    assertThat(mfcc.readKeyValue().key).isEqualTo("music/gone.wav");
    send("8", attributes + "\"tenant\":\"x\"}", "content-type", "application/cloudevents+json");
    assertRejected("empty-event");
    send("8", "{}", "content-type", "application/cloudevents+json");
    TestRecord<String, byte[]> letter = deadLetters.readRecord();
    assertThat(reason(letter)).isEqualTo("bad-event");
    assertThat(letter.value()).asString().isEqualTo("{}");
  }

  private static String notification(
      String event, String bucket, String key, @Nullable String version) {
    return """
        {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"%s",
          "eventName":"%s","s3":{"bucket":{"name":"%s"},"object":{"key":"%s"%s}}}]}
        """
        .formatted(
            TIME, event, bucket, key, version == null ? "" : ",\"versionId\":\"" + version + "\"");
  }

  private void send(@Nullable String key, String value, String... headers) {
    TestRecord<String, byte[]> record =
        new TestRecord<>(key, value.getBytes(StandardCharsets.UTF_8), APPENDED);
    for (int i = 0; i < headers.length; i += 2) {
      record.headers().add(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    audioFiles.pipeInput(record);
  }

  private void assertRejected(String reason) throws IOException {
    assertThat(reason(deadLetters.readRecord())).isEqualTo(reason);
    assertThat(record(mfcc.readRecord()).getFailed().getReason()).isEqualTo(reason);
  }

  private double count(String outcome) {
    return registry.get("reprise.events").tag("outcome", outcome).counter().count();
  }

  private static MfccRecord record(TestRecord<String, byte[]> record) throws IOException {
    return MfccRecord.parseFrom(record.value());
  }

  private static String reason(TestRecord<?, ?> letter) {
    return header(letter, DeadLetters.REASON);
  }

  private static String header(TestRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
