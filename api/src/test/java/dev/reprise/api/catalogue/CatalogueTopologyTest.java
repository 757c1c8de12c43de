package dev.reprise.api.catalogue;

import static dev.reprise.api.TestRecords.clip;
import static dev.reprise.api.TestRecords.extraction;
import static dev.reprise.api.TestRecords.prediction;
import static dev.reprise.api.TestRecords.truth;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.reprise.api.state.v1.KnownTrack;
import dev.reprise.api.v1.Clip;
import dev.reprise.contract.Json;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.Truth;
import dev.reprise.contract.v1.TruthSocialFeatures;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state that the catalogue keeps of each track. */
class CatalogueTopologyTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TopologyTestDriver driver;

  CatalogueTopologyTest(@TempDir Path folder) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    this.driver =
        new TopologyTestDriver(
            CatalogueTopology.create(TOPICS, new CatalogueMeters(registry)), properties);
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void isAsDescribed() throws Exception {
    assertThat(CatalogueTopology.create(TOPICS, new CatalogueMeters(registry)).describe())
        .hasToString(Files.readString(Path.of("src/test/resources/catalogue-topology.txt")));
  }

  @Test
  void gathersTheRecordsOfATrack() {
    send(TOPICS.truth(), "2", truth(1), NOON - 1_000_000);
    send(TOPICS.clipPredictions(), "2", clip("2", 7, NOON, 1), NOON + 1);
    send(TOPICS.clipPredictions(), "2", clip("2", 7, NOON, 0), NOON + 2);
    send(TOPICS.predictions(), "2", prediction("2", 7, NOON, 1), NOON);

    assertThat(track("2").getTruth()).isEqualTo(truth(1));
    assertThat(track("2").getPrediction()).isEqualTo(prediction("2", 7, NOON, 1));
    assertThat(clips("2", 7)).extracting(Clip::getIndex).containsExactly(0, 1);
    assertThat(clips("2", 7)).allMatch(clip -> clip.getGenre().getName().equals("Folk"));
  }

  @Test
  void clipsAreInOrderOfTime() {
    for (int index = 11; index >= 0; index--) {
      send(TOPICS.clipPredictions(), "2", clip("2", 7, NOON, index), NOON);
    }
    assertThat(clips("2", 7)).extracting(Clip::getIndex).isSorted().hasSize(12);
  }

  @Test
  void laterRecordsReplaceEarlierOnesInAnyOrder() {
    send(TOPICS.predictions(), "2", prediction("2", 9, NOON + 5, 2), NOON + 5);
    send(TOPICS.predictions(), "2", prediction("2", 7, NOON, 1), NOON);
    assertThat(track("2").getPrediction()).isEqualTo(prediction("2", 9, NOON + 5, 2));

    send(TOPICS.truth(), "2", truth(2), NOON + 5);
    send(TOPICS.truth(), "2", truth(1), NOON);
    assertThat(track("2").getTruth()).isEqualTo(truth(2));
  }

  @Test
  void clipsOfASupersededExtractionAreDeleted() {
    send(TOPICS.clipPredictions(), "2", clip("2", 7, NOON, 0), NOON);
    send(TOPICS.predictions(), "2", prediction("2", 7, NOON, 1), NOON);
    send(TOPICS.clipPredictions(), "2", clip("2", 9, NOON + 5, 0), NOON + 5);
    assertThat(clips("2", 7)).hasSize(1);

    send(TOPICS.predictions(), "2", prediction("2", 9, NOON + 5, 2), NOON + 5);
    send(TOPICS.clipPredictions(), "2", clip("2", 7, NOON, 1), NOON + 6);
    assertThat(clips("2", 7)).isEmpty();
    assertThat(clips("2", 9)).hasSize(1);
  }

  /** As at a first start, over a compacted topic of predictions and a week of clips. */
  @Test
  void clipsOfEarlierExtractionsWithoutAnOutcomeAreDeleted() {
    send(TOPICS.clipPredictions(), "2", clip("2", 7, NOON, 0), NOON);
    send(TOPICS.clipPredictions(), "2", clip("2", 8, NOON + 1, 0), NOON + 1);
    send(TOPICS.clipPredictions(), "2", clip("2", 10, NOON + 3, 0), NOON + 3);
    send(TOPICS.predictions(), "2", prediction("2", 9, NOON + 2, 1), NOON + 2);
    assertThat(clips("2", 7)).isEmpty();
    assertThat(clips("2", 8)).isEmpty();
    assertThat(clips("2", 10)).hasSize(1);
  }

  @Test
  void lateClipsOfAFailedExtractionAreNotKept() {
    fail("2", TOPICS.audioFiles(), 7, new byte[0], NOON);
    send(TOPICS.clipPredictions(), "2", clip("2", 7, NOON, 0), NOON);
    assertThat(clips("2", 7)).isEmpty();
  }

  /** Clocks of two producers may disagree: the event that loses is settled anyway. */
  @Test
  void anExtractionWithAnOutcomeIsNotPending() {
    send(TOPICS.predictions(), "2", prediction("2", 10, NOON + 5, 2), NOON + 5);
    send(TOPICS.predictions(), "2", prediction("2", 11, NOON, 1), NOON);
    assertThat(track("2").getPrediction().getExtractionId()).isEqualTo(extraction(10));
    assertThat(status("2", 11)).isEqualTo("superseded");

    send(TOPICS.predictions(), "2", null, NOON + 6);
    assertThat(status("2", 10)).isEqualTo("superseded");
    assertThat(status("2", 12)).isEqualTo("pending");
  }

  @Test
  void offsetsOfAPartitionDecideWhetherTheLatestEventFailed() {
    // The failure is written after the next event was predicted, by a different clock.
    send(TOPICS.predictions(), "2", prediction("2", 8, NOON + 1, 1), NOON + 1);
    fail("2", TOPICS.audioFiles(), 7, new byte[0], NOON + 100_000);
    assertThat(KnownTracks.failedLast(track("2"))).isFalse();
    fail("2", TOPICS.audioFiles(), 9, new byte[0], NOON + 100_001);
    assertThat(KnownTracks.failedLast(track("2"))).isTrue();
  }

  private String status(String id, long offset) {
    RecordCoordinates extraction = RecordCoordinates.parse(extraction(offset)).orElseThrow();
    return Extractions.of(id, extraction, track(id)).getStatus();
  }

  @Test
  void tombstonesWithdraw() {
    send(TOPICS.predictions(), "2", prediction("2", 7, NOON, 1), NOON);
    send(TOPICS.truth(), "2", truth(1), NOON);
    send(TOPICS.predictions(), "2", null, NOON + 1);
    assertThat(track("2").hasPrediction()).isFalse();
    assertThat(track("2").hasTruth()).isTrue();

    send(TOPICS.truth(), "2", null, NOON + 1);
    send(TOPICS.truth(), "2", truth(1), NOON);
    assertThat(track("2").hasTruth()).isFalse();
  }

  @Test
  void failuresOfEventsAndClipsAreKept() {
    fail("2", TOPICS.audioFiles(), 7, new byte[0], NOON);
    assertThat(track("2").getFailure().getExtractionId()).isEqualTo(extraction(7));
    assertThat(track("2").getFailure().getReason()).isEqualTo("too-short");

    send(TOPICS.clipPredictions(), "2", clip("2", 9, NOON, 0), NOON);
    MfccRecord clip =
        MfccRecord.newBuilder().setExtraction(Extraction.newBuilder().setId(extraction(9))).build();
    fail("2", TOPICS.mfcc(), 3, clip.toByteArray(), NOON + 1);
    assertThat(track("2").getFailure().getExtractionId()).isEqualTo(extraction(9));
    assertThat(clips("2", 9)).isEmpty();

    fail("2", TOPICS.truth(), 3, new byte[0], NOON + 2);
    assertThat(track("2").getFailure().getExtractionId()).isEqualTo(extraction(9));
  }

  @Test
  void unreadableRecordsAreCountedAndChangeNothing() {
    send(TOPICS.predictions(), "2", prediction("2", 7, NOON, 1), NOON);
    sendBytes(TOPICS.predictions(), "2", "la la".getBytes(StandardCharsets.UTF_8));
    sendBytes(TOPICS.predictions(), "", Json.bytes(prediction("", 7, NOON, 1)));
    Truth impossible =
        Truth.newBuilder()
            .setSocialFeatures(TruthSocialFeatures.newBuilder().setSongCurrency(7))
            .build();
    sendBytes(TOPICS.truth(), "2", Json.bytes(impossible));

    assertThat(track("2").getPrediction()).isEqualTo(prediction("2", 7, NOON, 1));
    assertThat(track("2").hasTruth()).isFalse();
    assertThat(unreadable("prediction")).isEqualTo(2);
    assertThat(unreadable("truth")).isEqualTo(1);
  }

  private double unreadable(String kind) {
    return registry.get("reprise.catalogue.unreadable").tag("kind", kind).counter().count();
  }

  private KnownTrack track(String id) {
    return driver.<String, KnownTrack>getKeyValueStore(CatalogueProcessor.TRACKS).get(id);
  }

  private List<Clip> clips(String id, long offset) {
    return CatalogueProcessor.readClips(
        driver.getKeyValueStore(CatalogueProcessor.CLIPS), id, extraction(offset));
  }

  private void send(String topic, String key, @Nullable Message value, long timeMillis) {
    input(topic)
        .pipeInput(
            new TestRecord<>(
                key, value == null ? null : Json.bytes(value), new RecordHeaders(), timeMillis));
  }

  private void sendBytes(String topic, String key, byte[] value) {
    input(topic).pipeInput(key, value, NOON + 60_000);
  }

  private void fail(String key, String sourceTopic, long offset, byte[] value, long timeMillis) {
    Headers headers = new RecordHeaders();
    Map.of(
            "reprise_stage", "decode",
            "reprise_reason", "too-short",
            "__streams.errors.message", "The audio is shorter than a second.",
            "__streams.errors.topic", sourceTopic,
            "__streams.errors.partition", "0",
            "__streams.errors.offset", Long.toString(offset))
        .forEach((name, text) -> headers.add(name, text.getBytes(StandardCharsets.UTF_8)));
    input(TOPICS.deadLetters()).pipeInput(new TestRecord<>(key, value, headers, timeMillis));
  }

  private TestInputTopic<String, byte[]> input(String topic) {
    return driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer());
  }
}
