package dev.reprise.extractor.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.extractor.WavFiles;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.pool.DecoderPool;
import dev.reprise.extractor.source.S3Config;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.extractor.source.Sources;
import dev.reprise.extractor.uploads.UploadDeletions;
import dev.reprise.extractor.uploads.UploadMeters;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import dev.reprise.spool.SpoolName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology with real files and the real decoder; only Kafka is simulated. */
class ExtractorTopologyTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final Instant EVENT_TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration MAX_DURATION = Duration.ofSeconds(65);

  private static DecoderPool decoders;

  @TempDir Path folder;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private Path uploaded;
  private Spool spool;
  private UploadDeletions uploads;
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> audioFiles;
  private TestOutputTopic<String, byte[]> mfcc;
  private TestOutputTopic<byte[], byte[]> deadLetters;

  @BeforeAll
  static void startDecoders() throws IOException {
    DecodeLimits defaults = DecodeLimits.defaults();
    DecodeLimits limits =
        new DecodeLimits(
            MAX_DURATION,
            defaults.maxDecodeTime(),
            defaults.maxChannels(),
            defaults.maxCorruptShare());
    decoders = DecoderPool.start(new DecoderConfig(limits, Duration.ofMinutes(1), 1L << 30), 1);
  }

  @AfterAll
  static void closeDecoders() {
    decoders.close();
  }

  @BeforeEach
  void start() throws Exception {
    uploaded = folder.resolve("uploads");
    spool = Spool.open(new SpoolConfig(new SpoolLocation.Folder(uploaded), S3Store.aws()));
    uploads = new UploadDeletions(Optional.of(spool), new UploadMeters(registry));
    startDriver();
  }

  private void startDriver() throws IOException {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("state").toString());
    driver = new TopologyTestDriver(topology(), properties, EVENT_TIME);
    audioFiles =
        driver.createInputTopic(
            TOPICS.audioFiles(), new ByteArraySerializer(), new ByteArraySerializer());
    mfcc =
        driver.createOutputTopic(
            TOPICS.mfcc(), new StringDeserializer(), new ByteArrayDeserializer());
    deadLetters =
        driver.createOutputTopic(
            TOPICS.deadLetters(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @AfterEach
  void stop() {
    driver.close();
    uploads.close();
  }

  @Test
  void isAsDescribed() throws Exception {
    assertThat(topology().describe().toString())
        .isEqualTo(Files.readString(Path.of("src/test/resources/topology.txt")));
  }

  @Test
  void aFileThatWasCutIsMarkedInItsTerminalRecord() throws Exception {
    byte[] wav = WavFiles.tone(22_050, 4);
    send("2", Arrays.copyOf(wav, wav.length / 2), "content-type", "audio/wav");
    ExtractionComplete complete = records().get(1).getComplete();
    assertThat(complete.getMarksList()).containsExactly("truncated", "tone");
    assertThat(complete.getTruncated().getPromisedSeconds()).isEqualTo(4);
    assertThat(complete.getTruncated().getDecodedSeconds())
        .isEqualTo(complete.getDecodedSeconds())
        .isCloseTo(2, within(0.01));
  }

  @Test
  void audioBytesBecomeClipsAndATerminalRecord() throws Exception {
    send("2", WavFiles.tone(22_050, 41), "content-type", "audio/wav");
    List<MfccRecord> records = records();
    assertThat(records).hasSize(3);
    assertThat(records.get(0).getClip().getNFrames()).isEqualTo(1292);
    assertThat(records.get(0).getClip().getCoefficients().size()).isEqualTo(20 * 1292 * 4);
    assertThat(records.get(1).getClip().getIndex()).isEqualTo(1);
    assertThat(records.get(1).getClip().getStartSeconds()).isEqualTo(30);
    assertThat(records.get(2).getComplete().getClipCount()).isEqualTo(2);
    assertThat(records.get(2).getComplete().getDecodedSeconds()).isEqualTo(41);
    for (MfccRecord record : records) {
      assertThat(record.getExtraction().getId()).isEqualTo("reprise.audio-files.v1-0-0");
      assertThat(record.getExtraction().getContractSha256())
          .isEqualTo(MfccContract.current().sha256());
      assertThat(record.getExtraction().getEventTime().getSeconds())
          .isEqualTo(EVENT_TIME.getEpochSecond());
    }
    assertThat(count("reprise.events", "completed")).isEqualTo(1);
    assertThat(registry.get("reprise.decoded.audio.seconds").counter().count()).isEqualTo(41);
    assertThat(registry.get("reprise.decode").timer().count()).isEqualTo(1);
    assertThat(registry.get("reprise.mfcc").timer().count()).isEqualTo(1);
  }

  @Test
  void allWaysToSendTheSameAudioGiveTheSameClips() throws Exception {
    byte[] wav = WavFiles.tone(44_100, 2);
    Path file =
        Files.write(Files.createDirectories(folder.resolve("music")).resolve("a b.wav"), wav);
    send("2", wav, "content-type", "application/octet-stream");
    send("2", wav, "content-type", "Audio/WAV; codecs=1");
    send("2", utf8("{\"uri\":\"" + file.toUri() + "\"}"));
    send(
        "2",
        utf8("{\"content\":\"" + Base64.getEncoder().encodeToString(wav) + "\"}"),
        "content-type",
        "application/json");
    List<MfccRecord> records = records();
    assertThat(records).hasSize(8);
    for (int i = 2; i < 8; i += 2) {
      assertThat(records.get(i).getClip()).isEqualTo(records.get(0).getClip());
    }
  }

  @Test
  void eventsOfAnyShapeAreRejectedWithTheirReason() {
    byte[] wav = WavFiles.tone(22_050, 2);
    send(null, wav, "content-type", "audio/wav");
    assertDeadLetter("event", "bad-key");
    send("x".repeat(257), wav, "content-type", "audio/wav");
    assertDeadLetter("event", "bad-key");
    assertThat(mfcc.isEmpty()).isTrue();
    send("2", null);
    assertRejected("event", "empty-event");
    send("2", new byte[0], "content-type", "audio/wav");
    assertRejected("event", "empty-event");
    send("2", wav);
    assertRejected("event", "bad-event");
    send("2", utf8("{}"));
    assertRejected("event", "bad-event");
    send("2", utf8("[]"));
    assertRejected("event", "bad-event");
    send("2", wav, "content-type", "text/html");
    assertRejected("event", "bad-event");
    send("2", utf8("{\"uri\":\"ftp://host/a.mp3\"}"));
    assertRejected("fetch", "bad-uri");
    send("2", utf8("{\"uri\":\"file:///etc/passwd\"}"));
    assertRejected("fetch", "source-not-allowed");
    send("2", utf8("no audio at all, but bytes"), "content-type", "audio/mpeg");
    assertRejected("decode", "unknown-format");
    send("2", WavFiles.tone(22_050, 0.5), "content-type", "audio/wav");
    assertRejected("decode", "too-short");
    assertThat(count("reprise.events", "failed")).isEqualTo(12);
  }

  @Test
  void aFaultInTheMiddleOfATrackFailsItOnce() throws Exception {
    byte[] wav = WavFiles.toneWithoutLength(22_050, 80);
    send("2", wav, "content-type", "audio/wav");
    List<MfccRecord> records = records();
    // The first clip had been computed, and was not sent.
    assertThat(records).hasSize(1);
    assertThat(records.get(0).getFailed().getReason()).isEqualTo("too-long");
    assertThat(records.get(0).getFailed().getDecodedSeconds()).isBetween(60.0, 66.0);
    TestRecord<byte[], byte[]> letter = assertDeadLetter("decode", "too-long");
    assertThat(letter.value()).isEqualTo(wav);
    assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("0");
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void theStreamGoesOnAfterARejection() throws Exception {
    send("1", utf8("no audio at all, but bytes"), "content-type", "audio/mpeg");
    send("2", WavFiles.tone(22_050, 2), "content-type", "audio/wav");
    List<MfccRecord> records = records();
    assertThat(records.get(0).hasFailed()).isTrue();
    assertThat(records.get(2).getComplete().getClipCount()).isEqualTo(1);
  }

  @Test
  void cloudEventsSubjectServesAsKey() throws Exception {
    send(null, WavFiles.tone(22_050, 2), "content-type", "audio/wav", "ce_subject", "träck 2");
    TestRecord<String, byte[]> record = mfcc.readRecord();
    assertThat(record.key()).isEqualTo("träck 2");
    assertThat(header(record, "ce_subject")).isEqualTo("träck 2");
    assertThat(record.headers().lastHeader("content-type")).isNull();
  }

  @Test
  void anEventsTimeIsTheHeadersThenTheFieldsThenTheRecords() throws Exception {
    byte[] wav = WavFiles.tone(22_050, 2);
    String content = Base64.getEncoder().encodeToString(wav);
    byte[] json = utf8("{\"content\":\"" + content + "\",\"time\":\"2020-02-03T04:05:06.5Z\"}");
    send("2", wav, "content-type", "audio/wav", "ce_time", "2021-02-03T04:05:06+01:00");
    send("2", json);
    send("2", json, "ce_time", "1999-12-31T23:59:59Z");
    send("2", wav, "content-type", "audio/wav");
    List<String> times = new ArrayList<>();
    for (MfccRecord record : records()) {
      times.add(Timestamps.toString(record.getExtraction().getEventTime()));
    }
    assertThat(times.stream().distinct())
        .containsExactly(
            "2021-02-03T03:05:06Z",
            "2020-02-03T04:05:06.500Z",
            "1999-12-31T23:59:59Z",
            EVENT_TIME.toString());
    assertThat(times).hasSize(8);
    send("2", WavFiles.tone(22_050, 0.5), "content-type", "audio/wav", "ce_time", times.get(0));
    assertThat(Timestamps.toString(records().get(0).getExtraction().getEventTime()))
        .isEqualTo(times.get(0));
    assertDeadLetter("decode", "too-short");
    for (String time : List.of("yesterday", "", "99999-01-01T00:00:00Z")) {
      send("2", wav, "content-type", "audio/wav", "ce_time", time);
      assertRejected("event", "bad-event");
    }
  }

  @Test
  void headersThatWouldNotFitOnTheClipsAreRejected() throws Exception {
    byte[] wav = WavFiles.tone(22_050, 2);
    send("2", wav, "content-type", "audio/wav", "ce_huge", "x".repeat(1 << 20));
    assertThat(mfcc.readRecord().headers()).isEmpty();
    assertDeadLetter("event", "bad-event");
    send("2", wav, "content-type", "audio/wav", "other_huge", "x".repeat(1 << 20));
    assertThat(mfcc.readRecord().headers()).isEmpty();
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  /** Another instance may extract the event again, and needs its upload. */
  @Test
  void anUploadIsKeptWhoseEventWasNotCommittedBeforeTheEnd() throws Exception {
    SpoolName committed = sendUpload();
    uploads.committed(nextOffset(1));
    SpoolName uncommitted = sendUpload();
    driver.close();
    uploads.committed(nextOffset(2));
    uploads.close();
    assertThat(uploaded.resolve(committed.text())).doesNotExist();
    assertThat(uploaded.resolve(uncommitted.text())).exists();
    startDriver();
  }

  private SpoolName sendUpload() throws IOException {
    SpoolName name = SpoolName.random();
    Files.write(uploaded.resolve(name.text()), WavFiles.tone(22_050, 2));
    send("2", utf8("{\"uri\":\"" + name.uri() + "\"}"));
    return name;
  }

  private static Map<TopicPartition, OffsetAndMetadata> nextOffset(long offset) {
    return Map.of(new TopicPartition(TOPICS.audioFiles(), 0), new OffsetAndMetadata(offset));
  }

  @Test
  void unknownFieldsAreCounted() throws Exception {
    Path file =
        Files.write(
            Files.createDirectories(folder.resolve("music")).resolve("a.wav"),
            WavFiles.tone(22_050, 2));
    send("2", utf8("{\"title\":\"x\",\"uri\":\"" + file.toUri() + "\",\"year\":1}"));
    assertThat(records()).hasSize(2);
    assertThat(registry.get("reprise.event.unknown.fields").counter().count()).isEqualTo(2);
  }

  private Topology topology() throws IOException {
    Path music = Files.createDirectories(folder.resolve("music"));
    Path clips = Files.createDirectories(folder.resolve("clips"));
    SourceLimits sources =
        new SourceLimits(
            List.of(music), List.of(), 1 << 20, Duration.ofSeconds(10), S3Config.none());
    return ExtractorTopology.create(
        TOPICS,
        new Sources(sources, clips, Optional.of(spool)),
        ObjectTrackIdRule.PATH,
        decoders,
        clips,
        uploads,
        registry);
  }

  private void send(@Nullable String key, byte @Nullable [] value, String... headers) {
    TestRecord<byte[], byte[]> record =
        new TestRecord<>(key == null ? null : utf8(key), value, EVENT_TIME);
    for (int i = 0; i < headers.length; i += 2) {
      record.headers().add(headers[i], utf8(headers[i + 1]));
    }
    audioFiles.pipeInput(record);
  }

  private List<MfccRecord> records() throws Exception {
    List<MfccRecord> records = new ArrayList<>();
    while (!mfcc.isEmpty()) {
      records.add(MfccRecord.parseFrom(mfcc.readValue()));
    }
    return records;
  }

  /** The event is a dead letter, and its extraction ended as failed. */
  private void assertRejected(String stage, String reason) {
    assertDeadLetter(stage, reason);
    try {
      List<MfccRecord> records = records();
      assertThat(records).hasSize(1);
      assertThat(records.get(0).getFailed().getReason()).isEqualTo(reason);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private TestRecord<byte[], byte[]> assertDeadLetter(String stage, String reason) {
    TestRecord<byte[], byte[]> letter = deadLetters.readRecord();
    assertThat(header(letter, DeadLetters.REASON)).isEqualTo(reason);
    assertThat(header(letter, DeadLetters.STAGE)).isEqualTo(stage);
    assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo(TOPICS.audioFiles());
    assertThat(header(letter, DeadLetters.MESSAGE)).endsWith(".");
    return letter;
  }

  private double count(String counter, String outcome) {
    return registry.get(counter).tag("outcome", outcome).counter().count();
  }

  private static String header(TestRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
