package dev.reprise.inference;

import static dev.reprise.inference.TestMfccRecords.EVENT_TIME;
import static dev.reprise.inference.TestMfccRecords.at;
import static dev.reprise.inference.TestMfccRecords.clip;
import static dev.reprise.inference.TestMfccRecords.complete;
import static dev.reprise.inference.TestMfccRecords.failed;
import static dev.reprise.inference.TestMfccRecords.withId;
import static dev.reprise.inference.TestMfccRecords.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Json;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Role;
import dev.reprise.contract.v1.ClipPrediction;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truncation;
import dev.reprise.inference.scoring.ScoringPath;
import dev.reprise.inference.serving.Models;
import dev.reprise.inference.serving.ServedModel;
import dev.reprise.inference.v1.TrackState;
import dev.reprise.runtime.DeadLetters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The topology with a scorer that returns each clip's first coefficient. */
class InferenceTopologyTest {
  private static final MfccContract CONTRACT = MfccContract.current();
  private static final String STATE_KEY = "e@2026-01-02T03:04:05Z";

  @TempDir Path folder;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> calls = new ArrayList<>();
  private final Models models = new Models(model("1.0.0", "cafe"));
  private final ScoringPath path = ScoringPath.serving(models, registry);
  private InferenceDriver inference;

  @BeforeEach
  void start() {
    inference = new InferenceDriver(topology(), folder);
  }

  @AfterEach
  void stop() {
    inference.close();
  }

  @Test
  void matchesTheCommittedDescription() throws Exception {
    assertThat(topology().describe().toString())
        .isEqualTo(Files.readString(Path.of("src/test/resources/topology.txt")));
  }

  @Test
  void aTrackIsPredictedWhenItsLastClipIsScored() throws Exception {
    inference.send(clip("e", 0, 0.25f), clip("e", 1, 0.75f));
    assertThat(inference.clipPredictions.getQueueSize()).isEqualTo(2);
    assertThat(inference.predictions.isEmpty()).isTrue();
    inference.send(complete("e", 2));
    Prediction prediction = inference.prediction();
    assertThat(prediction.getTrackId()).isEqualTo("t");
    assertThat(prediction.getExtractionId()).isEqualTo("e");
    assertThat(prediction.getEventTime())
        .isEqualTo(Timestamps.fromMillis(EVENT_TIME.toEpochMilli()));
    assertThat(prediction.getClipCount()).isEqualTo(2);
    assertThat(prediction.getDurationSeconds()).isEqualTo(60);
    assertThat(prediction.getFeatures().getEnergy()).isEqualTo(0.5);
    assertThat(prediction.getStddev().getEnergy()).isEqualTo(0.25);
    assertThat(prediction.getR2().getEnergy()).isEqualTo(0.57);
    assertThat(prediction.getBaseline().getTempo()).isEqualTo(120);
    // Only the first coefficient of the first of three frames is not zero; 128 mel bands.
    assertThat(prediction.getInputs().getLoudness())
        .isCloseTo(0.5 / 3 / Math.sqrt(128), within(1e-6));
    assertThat(prediction.getInputs().getMfcc1()).isZero();
    assertThat(prediction.getGenres(0).getName()).isEqualTo("Rock");
    assertThat(prediction.getModel().getSha256()).isEqualTo("cafe");
    assertThat(prediction.getModel().getExecutionProvider()).isEqualTo("cpu");
    assertThat(prediction.getModel().getContractSha256()).isEqualTo(CONTRACT.sha256());
  }

  @Test
  void thePredictionCarriesTheMarksOfTheExtraction() throws Exception {
    MfccRecord whole = complete("e", 1);
    ExtractionComplete marked =
        whole.getComplete().toBuilder()
            .addMarks("truncated")
            .addMarks("noise")
            .setTruncated(
                Truncation.newBuilder().setPromisedSeconds(60.0000004).setDecodedSeconds(30))
            .build();
    inference.send(clip("e", 0, 0.25f), whole.toBuilder().setComplete(marked).build());
    Prediction prediction = inference.prediction();
    assertThat(prediction.getMarksList()).containsExactly("truncated", "noise");
    assertThat(prediction.getTruncated().getPromisedSeconds()).isEqualTo(60);
    assertThat(prediction.getTruncated().getDecodedSeconds()).isEqualTo(30);
    inference.send(clip("f", 0, 0.25f), complete("f", 1));
    prediction = inference.prediction();
    assertThat(prediction.getMarksList()).isEmpty();
    assertThat(prediction.hasTruncated()).isFalse();
  }

  @Test
  void aTrackHasTheMeanEmbeddingOfItsClips() throws Exception {
    inference.send(clip("e", 0, 0.25f), clip("e", 1, 0.5f), complete("e", 2));
    String json = new String(inference.predictions.readValue(), StandardCharsets.UTF_8);
    String base64 = JsonParser.parseString(json).getAsJsonObject().get("embedding").getAsString();
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.remaining()).isEqualTo(3 * Float.BYTES);
    assertThat(bytes.getFloat()).isEqualTo(0.375f);
    assertThat(bytes.getFloat()).isEqualTo(0.625f);
    // 1.4e-6, rounded before it became float32.
    assertThat(bytes.getFloat()).isEqualTo(1e-6f);
    assertThat(new String(inference.clipPredictions.readValue(), StandardCharsets.UTF_8))
        .doesNotContain("embedding");
  }

  @Test
  void aTrackInFlightDuringTheUpgradeHasNoEmbedding() throws Exception {
    inference.send(clip("e", 0, 0.25f));
    KeyValueStore<String, TrackState> store = inference.tracks();
    store.put(STATE_KEY, store.get(STATE_KEY).toBuilder().clearMeanEmbedding().build());
    inference.send(clip("e", 1, 0.75f), complete("e", 2));
    Prediction prediction = inference.prediction();
    assertThat(prediction.getEmbedding().isEmpty()).isTrue();
    assertThat(prediction.getFeatures().getEnergy()).isEqualTo(0.5);
  }

  @Test
  void zerosAreSerialised() {
    inference.send(clip("e", 0, 0f), complete("e", 1));
    String json = new String(inference.predictions.readValue(), StandardCharsets.UTF_8);
    assertThat(json).contains("\"features\":{\"acousticness\":0.0,").contains("\"stddev\":{");
    String clipJson = new String(inference.clipPredictions.readValue(), StandardCharsets.UTF_8);
    assertThat(clipJson).contains("\"clip_index\":0,").contains("\"acousticness\":0.0,");
  }

  @Test
  void duplicatesAreIgnored() throws Exception {
    inference.send(
        clip("e", 0, 0.25f), clip("e", 0, 0.25f), clip("e", 1, 0.75f), clip("e", 0, 0.25f));
    inference.send(complete("e", 2), complete("e", 2), clip("e", 1, 0.75f), complete("e", 2));
    Prediction prediction = inference.prediction();
    assertThat(prediction.getFeatures().getEnergy()).isEqualTo(0.5);
    assertThat(inference.predictions.isEmpty()).isTrue();
  }

  @Test
  void theOrderOfTheRecordsDoesNotMatter() throws Exception {
    List<MfccRecord> records =
        new ArrayList<>(
            List.of(clip("e", 0, 0.1f), clip("e", 1, 0.2f), clip("e", 2, 0.6f), complete("e", 3)));
    Set<ByteString> embeddings = new HashSet<>();
    for (int i = 0; i < records.size(); i++) {
      String id = "e" + i;
      records.forEach(record -> inference.send(withId(record, id)));
      Prediction prediction = inference.prediction();
      assertThat(prediction.getFeatures().getEnergy()).isEqualTo(0.3);
      embeddings.add(prediction.getEmbedding());
      assertThat(inference.predictions.isEmpty()).isTrue();
      Collections.rotate(records, 1);
    }
    assertThat(embeddings).hasSize(1);
  }

  @Test
  void extractionsOfOneTrackDoNotMix() throws Exception {
    inference.send(clip("a", 0, 0.1f), clip("b", 0, 0.9f), complete("a", 1), complete("b", 1));
    assertThat(inference.prediction().getFeatures().getEnergy()).isEqualTo(0.1);
    assertThat(inference.prediction().getFeatures().getEnergy()).isEqualTo(0.9);
  }

  @Test
  void afterAFailureThereIsNoPrediction() {
    inference.send(clip("e", 0, 0.1f), failed("e"), clip("e", 1, 0.1f), complete("e", 2));
    assertThat(inference.predictions.isEmpty()).isTrue();
    assertThat(inference.deadLetters.isEmpty()).isTrue();
  }

  @Test
  void aWithdrawalIsARecordWithoutAValue() throws Exception {
    inference.send(clip("e", 0, 0.5f), complete("e", 1));
    assertThat(inference.prediction().getExtractionId()).isEqualTo("e");
    TestRecord<String, byte[]> record =
        new TestRecord<>("t", at(EVENT_TIME.plusSeconds(1), withdrawn("f")).toByteArray());
    record.headers().add("ce_id", "7".getBytes(StandardCharsets.UTF_8));
    inference.mfcc.pipeInput(record);
    TestRecord<String, byte[]> tombstone = inference.predictions.readRecord();
    assertThat(tombstone.key()).isEqualTo("t");
    assertThat(tombstone.value()).isNull();
    assertThat(tombstone.getRecordTime()).isEqualTo(EVENT_TIME.plusSeconds(1));
    assertThat(header(tombstone, "ce_id")).isEqualTo("7");
    inference.mfcc.pipeInput(record);
    assertThat(inference.predictions.isEmpty()).isTrue();
  }

  @Test
  void anExtractionOfAnEarlierEventDoesNotBringAWithdrawnPredictionBack() throws Exception {
    inference.send(clip("e", 0, 0.5f), at(EVENT_TIME.plusSeconds(1), withdrawn("f")));
    assertThat(inference.predictions.readValue()).isNull();
    inference.send(complete("e", 1));
    // Another earlier event; and a withdrawal that arrives late.
    inference.send(at(EVENT_TIME.minusSeconds(1), withdrawn("g")));
    assertThat(inference.predictions.readValue()).isNull();
    inference.send(clip("h", 0, 0.5f), complete("h", 1));
    assertThat(inference.predictions.isEmpty()).isTrue();
    Instant later = EVENT_TIME.plusSeconds(2);
    inference.send(at(later, clip("i", 0, 0.5f)), at(later, complete("i", 1)));
    assertThat(inference.predictions.readRecord().getRecordTime()).isEqualTo(later);
  }

  @Test
  void withdrawalsExpire() {
    inference.send(withdrawn("e"));
    assertThat(inference.tracks().get("@t")).isNotNull();
    inference.advanceClock(Duration.ofHours(25));
    assertThat(inference.tracks().get("@t")).isNull();
  }

  @Test
  void aValueThatIsNotAnMfccRecordBecomesADeadLetter() {
    inference.mfcc.pipeInput("t", "garbage".getBytes(StandardCharsets.UTF_8));
    assertDeadLetter("score", "bad-mfcc");
    inference.mfcc.pipeInput("t", null);
    assertDeadLetter("score", "bad-mfcc");
    inference.mfcc.pipeInput("t", new byte[0]);
    assertDeadLetter("score", "bad-mfcc");
  }

  @Test
  void anInconsistentClipLeavesItsTrackWithoutPrediction() {
    MfccRecord good = clip("e", 0, 0.1f);
    inference.send(
        good,
        good.toBuilder().setClip(good.getClip().toBuilder().setIndex(1).setNFrames(7)).build());
    assertDeadLetter("score", "bad-mfcc");
    inference.send(complete("e", 1));
    assertThat(inference.predictions.isEmpty()).isTrue();
  }

  @Test
  void anEventTimeBefore1970IsRejected() {
    MfccRecord good = clip("e", 0, 0.1f);
    Extraction old =
        good.getExtraction().toBuilder().setEventTime(Timestamps.fromMillis(-5_000)).build();
    inference.send(good.toBuilder().setExtraction(old).build());
    assertDeadLetter("score", "bad-mfcc");
  }

  @Test
  void anInvalidTerminalRecordIsRejected() {
    for (MfccRecord record :
        List.of(complete("a", 0), complete("b", -1), complete("c", Integer.MAX_VALUE))) {
      inference.send(record);
      assertDeadLetter("score", "bad-mfcc");
    }
    MfccRecord good = complete("d", 1);
    inference.send(
        good.toBuilder()
            .setComplete(good.getComplete().toBuilder().setDecodedSeconds(Double.NaN))
            .build());
    assertDeadLetter("score", "bad-mfcc");
    assertThat(inference.predictions.isEmpty()).isTrue();
  }

  @Test
  void aTrackKeepsTheModelThatScoredItsFirstClip() throws Exception {
    inference.send(clip("e", 0, 0.25f));
    models.replaceWith(model("2.0.0", "beef"));
    inference.send(clip("f", 0, 0.5f), complete("f", 1));
    assertThat(inference.prediction().getModel().getVersion()).isEqualTo("2.0.0");
    inference.send(clip("e", 1, 0.75f), complete("e", 2));
    Prediction across = inference.prediction();
    assertThat(across.getModel().getVersion()).isEqualTo("1.0.0");
    assertThat(across.getModel().getSha256()).isEqualTo("cafe");
    assertThat(across.getFeatures().getEnergy()).isEqualTo(0.5);
    assertThat(calls).containsExactly("cafe", "beef", "cafe");
    assertThat(inference.deadLetters.isEmpty()).isTrue();
  }

  @Test
  void aTrackWhoseModelWasRetiredBecomesADeadLetter() throws Exception {
    inference.send(clip("e", 0, 0.25f), clip("f", 0, 0.5f));
    models.replaceWith(model("2.0.0", "beef"));
    models.replaceWith(model("3.0.0", "f00d"));
    assertThat(calls).containsExactly("cafe", "cafe", "cafe closed");
    MfccRecord next = clip("e", 1, 0.25f);
    inference.send(next, complete("e", 2));
    assertThat(assertDeadLetter("score", "model-changed").value()).isEqualTo(next.toByteArray());
    inference.send(complete("f", 1));
    assertDeadLetter("score", "model-changed");
    assertThat(inference.deadLetters.isEmpty()).isTrue();
    assertThat(inference.predictions.isEmpty()).isTrue();
    inference.send(clip("g", 0, 0.5f), complete("g", 1));
    assertThat(inference.prediction().getModel().getSha256()).isEqualTo("f00d");
  }

  @Test
  void predictionsContainUncertaintyAndTempoConfidence() throws Exception {
    inference.send(clip("e", 0, 120), clip("e", 1, 80), complete("e", 2));
    ClipPrediction.Builder clip = ClipPrediction.newBuilder();
    Json.parse(inference.clipPredictions.readValue(), clip);
    assertThat(clip.getUncertainty().getEnergy()).isEqualTo(0.125);
    assertThat(clip.getTempoAlternate()).isEqualTo(60);
    assertThat(clip.getTempoConfidence()).isEqualTo(0.5);
    Prediction prediction = inference.prediction();
    assertThat(prediction.getUncertainty().getTempo()).isEqualTo(0.125);
    assertThat(prediction.getFeatures().getTempo()).isEqualTo(80);
    assertThat(prediction.getFeatures().getValence()).isEqualTo(100);
    assertThat(prediction.getTempoAlternate()).isEqualTo(60);
    assertThat(prediction.getTempoConfidence()).isEqualTo(0.25);
  }

  @ParameterizedTest
  @ValueSource(
      floats = {
        FirstCoefficientScorer.NOT_A_NUMBER,
        FirstCoefficientScorer.NO_CONFIDENCE,
        FirstCoefficientScorer.NO_EMBEDDING
      })
  void invalidScoresBecomeADeadLetter(float first) {
    inference.send(clip("e", 0, first), complete("e", 1));
    assertThat(header(assertDeadLetter("score", "scoring-failed"), DeadLetters.MESSAGE))
        .startsWith("The model gave ");
    assertThat(inference.clipPredictions.isEmpty()).isTrue();
    assertThat(inference.predictions.isEmpty()).isTrue();
  }

  @Test
  void nonFiniteCoefficientsAreRejected() {
    inference.send(clip("e", 0, Float.NaN));
    assertDeadLetter("score", "bad-mfcc");
  }

  @Test
  void aClipOfADifferentContractIsRejected() {
    MfccRecord good = clip("e", 0, 0.1f);
    Extraction other = good.getExtraction().toBuilder().setContractSha256("0").build();
    inference.send(good.toBuilder().setExtraction(other).build());
    assertDeadLetter("score", "contract-mismatch");
    assertThat(inference.clipPredictions.isEmpty()).isTrue();
  }

  @Test
  void aClipThatTheModelFailsOnBecomesADeadLetterAndTheStreamContinues() throws Exception {
    inference.send(
        clip("e", 0, 0.5f), clip("e", 1, FirstCoefficientScorer.POISON), complete("e", 2));
    TestRecord<String, byte[]> deadLetter = assertDeadLetter("score", "scoring-failed");
    assertThat(header(deadLetter, DeadLetters.MESSAGE)).contains("poisoned");
    assertThat(header(deadLetter, DeadLetters.TOPIC)).isEqualTo(InferenceDriver.TOPICS.mfcc());
    assertThat(inference.predictions.isEmpty()).isTrue();
    inference.send(clip("f", 0, 0.5f), complete("f", 1));
    assertThat(inference.prediction().getFeatures().getEnergy()).isEqualTo(0.5);
  }

  @Test
  void anInternalErrorBecomesADeadLetter() throws Exception {
    inference.send(clip("e", 0, FirstCoefficientScorer.BUG), complete("e", 1));
    assertDeadLetter("score", "inference-fault");
    assertThat(inference.predictions.isEmpty()).isTrue();
    inference.send(clip("f", 0, 0.5f), complete("f", 1));
    assertThat(inference.prediction().getFeatures().getEnergy()).isEqualTo(0.5);
  }

  @Test
  void clipsOfAPollAreScoredOnceAndTogether() throws Exception {
    pollAndProcess(() -> {}, clip("e", 0, 0.25f), clip("e", 1, 0.75f), complete("e", 2));
    assertThat(inference.prediction().getFeatures().getEnergy()).isEqualTo(0.5);
    assertThat(calls).containsExactly("cafe");
  }

  /** As when the model is replaced between the poll and the processing. */
  @Test
  void aClipThatAnotherModelScoredIsScoredAgain() throws Exception {
    pollAndProcess(
        () -> models.replaceWith(model("2.0.0", "beef")), clip("e", 0, 0.5f), complete("e", 1));
    assertThat(inference.prediction().getModel().getSha256()).isEqualTo("beef");
    assertThat(calls).containsExactly("cafe", "beef");
  }

  private void pollAndProcess(Runnable between, MfccRecord... records) {
    TopicPartition partition = new TopicPartition(InferenceDriver.TOPICS.mfcc(), 0);
    List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
    for (MfccRecord record : records) {
      polled.add(
          new ConsumerRecord<>(
              partition.topic(), 0, polled.size(), new byte[] {'t'}, record.toByteArray()));
    }
    path.polled(new ConsumerRecords<>(Map.of(partition, polled), Map.of()), Set.of(partition));
    between.run();
    polled.forEach(record -> inference.mfcc.pipeInput("t", record.value(), EVENT_TIME));
  }

  @Test
  void stateWithoutATerminalRecordExpires() {
    inference.send(clip("e", 0, 0.5f));
    assertThat(inference.tracks().get(STATE_KEY)).isNotNull();
    inference.advanceClock(Duration.ofHours(25));
    assertThat(inference.tracks().get(STATE_KEY)).isNull();
  }

  @Test
  void headersArePropagated() {
    TestRecord<String, byte[]> record =
        new TestRecord<>("t", clip("e", 0, 0.5f).toByteArray(), EVENT_TIME);
    record.headers().add("ce_id", "7".getBytes(StandardCharsets.UTF_8));
    inference.mfcc.pipeInput(record);
    TestRecord<String, byte[]> prediction = inference.clipPredictions.readRecord();
    assertThat(header(prediction, "ce_id")).isEqualTo("7");
    assertThat(header(prediction, "content-type")).isEqualTo("application/json");
  }

  private Topology topology() {
    return InferenceTopology.create(InferenceDriver.TOPICS, path, Optional.empty());
  }

  private ServedModel model(String version, String sha256) {
    return FirstCoefficientScorer.model(version, sha256, Role.SERVING, calls, registry);
  }

  private TestRecord<String, byte[]> assertDeadLetter(String stage, String reason) {
    TestRecord<String, byte[]> deadLetter = inference.deadLetters.readRecord();
    assertThat(header(deadLetter, DeadLetters.STAGE)).isEqualTo(stage);
    assertThat(header(deadLetter, DeadLetters.REASON)).isEqualTo(reason);
    assertThat(
            registry
                .get("reprise.dead.letters")
                .tags("stage", stage, "reason", reason)
                .counter()
                .count())
        .isPositive();
    return deadLetter;
  }

  private static String header(TestRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
