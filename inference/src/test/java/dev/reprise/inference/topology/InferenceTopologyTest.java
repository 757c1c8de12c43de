package dev.reprise.inference.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Json;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.ExtractionFailed;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.Scorer;
import dev.reprise.inference.model.Scores;
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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The topology with a scorer that gives back each clip's first coefficient, so that results can be
 * foretold.
 */
class InferenceTopologyTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final MfccContract CONTRACT = MfccContract.current();
  private static final Instant EVENT_TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final String STORED = "e@2026-01-02T03:04:05Z";
  private static final float POISON = -1;
  private static final float BUG = -2;

  @TempDir Path stateDirectory;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private TopologyTestDriver driver;
  private TestInputTopic<String, byte[]> mfcc;
  private TestOutputTopic<String, byte[]> clipPredictions;
  private TestOutputTopic<String, byte[]> predictions;
  private TestOutputTopic<String, byte[]> deadLetters;

  @BeforeEach
  void start() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
    driver = new TopologyTestDriver(topology(), properties, EVENT_TIME);
    mfcc =
        driver.createInputTopic(TOPICS.mfcc(), new StringSerializer(), new ByteArraySerializer());
    clipPredictions = output(TOPICS.clipPredictions());
    predictions = output(TOPICS.predictions());
    deadLetters = output(TOPICS.deadLetters());
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void isAsDescribed() throws Exception {
    assertThat(topology().describe().toString())
        .isEqualTo(Files.readString(Path.of("src/test/resources/topology.txt")));
  }

  @Test
  void aTrackIsPredictedOnceItsLastClipIsIn() throws Exception {
    send(clip("e", 0, 0.25f), clip("e", 1, 0.75f));
    assertThat(clipPredictions.getQueueSize()).isEqualTo(2);
    assertThat(predictions.isEmpty()).isTrue();
    send(complete("e", 2));
    Prediction prediction = prediction();
    assertThat(prediction.getTrackId()).isEqualTo("t");
    assertThat(prediction.getExtractionId()).isEqualTo("e");
    assertThat(prediction.getEventTime())
        .isEqualTo(Timestamps.fromMillis(EVENT_TIME.toEpochMilli()));
    assertThat(prediction.getClipCount()).isEqualTo(2);
    assertThat(prediction.getDurationSeconds()).isEqualTo(60);
    assertThat(prediction.getFeatures().getEnergy()).isEqualTo(0.5);
    assertThat(prediction.getStddev().getEnergy()).isEqualTo(0.25);
    assertThat(prediction.getR2().getEnergy()).isEqualTo(0.57);
    assertThat(prediction.getGenres(0).getName()).isEqualTo("Rock");
    assertThat(prediction.getModel().getSha256()).isEqualTo("cafe");
    assertThat(prediction.getModel().getExecutionProvider()).isEqualTo("cpu");
    assertThat(prediction.getModel().getContractSha256()).isEqualTo(CONTRACT.sha256());
  }

  @Test
  void aZeroIsPrinted() {
    send(clip("e", 0, 0f), complete("e", 1));
    String json = new String(predictions.readValue(), StandardCharsets.UTF_8);
    assertThat(json).contains("\"features\":{\"acousticness\":0.0,").contains("\"stddev\":{");
    String clipJson = new String(clipPredictions.readValue(), StandardCharsets.UTF_8);
    assertThat(clipJson).contains("\"clip_index\":0,").contains("\"acousticness\":0.0,");
  }

  @Test
  void duplicatesChangeNothing() throws Exception {
    send(clip("e", 0, 0.25f), clip("e", 0, 0.25f), clip("e", 1, 0.75f), clip("e", 0, 0.25f));
    send(complete("e", 2), complete("e", 2), clip("e", 1, 0.75f), complete("e", 2));
    Prediction prediction = prediction();
    assertThat(prediction.getFeatures().getEnergy()).isEqualTo(0.5);
    assertThat(predictions.isEmpty()).isTrue();
  }

  @Test
  void theOrderOfTheRecordsDoesNotMatter() throws Exception {
    List<MfccRecord> records =
        new ArrayList<>(
            List.of(clip("e", 0, 0.1f), clip("e", 1, 0.2f), clip("e", 2, 0.6f), complete("e", 3)));
    for (int i = 0; i < records.size(); i++) {
      String id = "e" + i;
      records.forEach(record -> send(withId(record, id)));
      Prediction prediction = prediction();
      assertThat(prediction.getFeatures().getEnergy()).isEqualTo(0.3);
      assertThat(predictions.isEmpty()).isTrue();
      Collections.rotate(records, 1);
    }
  }

  @Test
  void extractionsOfOneTrackDoNotMix() throws Exception {
    send(clip("a", 0, 0.1f), clip("b", 0, 0.9f), complete("a", 1), complete("b", 1));
    assertThat(prediction().getFeatures().getEnergy()).isEqualTo(0.1);
    assertThat(prediction().getFeatures().getEnergy()).isEqualTo(0.9);
  }

  @Test
  void afterAFailureThereIsNoPrediction() {
    send(clip("e", 0, 0.1f), failed("e"), clip("e", 1, 0.1f), complete("e", 2));
    assertThat(predictions.isEmpty()).isTrue();
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void whatIsNoMfccRecordIsADeadLetter() {
    mfcc.pipeInput("t", "garbage".getBytes(StandardCharsets.UTF_8));
    assertDeadLetter("score", "bad-mfcc");
    mfcc.pipeInput("t", null);
    assertDeadLetter("score", "bad-mfcc");
    mfcc.pipeInput("t", new byte[0]);
    assertDeadLetter("score", "bad-mfcc");
  }

  @Test
  void aClipThatContradictsItselfVoidsItsTrack() {
    MfccRecord good = clip("e", 0, 0.1f);
    send(
        good,
        good.toBuilder().setClip(good.getClip().toBuilder().setIndex(1).setNFrames(7)).build());
    assertDeadLetter("score", "bad-mfcc");
    send(complete("e", 1));
    assertThat(predictions.isEmpty()).isTrue();
  }

  @Test
  void anEventTimeBefore1970IsRefused() {
    MfccRecord good = clip("e", 0, 0.1f);
    Extraction old =
        good.getExtraction().toBuilder().setEventTime(Timestamps.fromMillis(-5_000)).build();
    send(good.toBuilder().setExtraction(old).build());
    assertDeadLetter("score", "bad-mfcc");
  }

  @Test
  void aTerminalRecordThatMakesNoSenseIsRefused() {
    for (MfccRecord record :
        List.of(complete("a", 0), complete("b", -1), complete("c", Integer.MAX_VALUE))) {
      send(record);
      assertDeadLetter("score", "bad-mfcc");
    }
    MfccRecord good = complete("d", 1);
    send(
        good.toBuilder()
            .setComplete(good.getComplete().toBuilder().setDecodedSeconds(Double.NaN))
            .build());
    assertDeadLetter("score", "bad-mfcc");
    assertThat(predictions.isEmpty()).isTrue();
  }

  @Test
  void aTrackThatTwoModelsScoredIsADeadLetter() {
    send(clip("e", 0, 0.5f));
    KeyValueStore<String, TrackState> tracks = driver.getKeyValueStore(TrackProcessor.STORE);
    TrackState state = tracks.get(STORED);
    assertThat(state.getModelSha256()).isEqualTo("cafe");
    tracks.put(STORED, state.toBuilder().setModelSha256("beef").build());
    send(clip("e", 1, 0.5f), complete("e", 2));
    assertDeadLetter("score", "model-changed");
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(predictions.isEmpty()).isTrue();
  }

  @Test
  void coefficientsThatAreNotFiniteAreRefused() {
    send(clip("e", 0, Float.NaN));
    assertDeadLetter("score", "bad-mfcc");
  }

  @Test
  void anotherContractIsRefusedNotScored() {
    MfccRecord good = clip("e", 0, 0.1f);
    Extraction other = good.getExtraction().toBuilder().setContractSha256("0").build();
    send(good.toBuilder().setExtraction(other).build());
    assertDeadLetter("score", "contract-mismatch");
    assertThat(clipPredictions.isEmpty()).isTrue();
  }

  @Test
  void aClipThatTheModelFailsOnIsADeadLetterAndTheStreamGoesOn() throws Exception {
    send(clip("e", 0, 0.5f), clip("e", 1, POISON), complete("e", 2));
    TestRecord<String, byte[]> letter = assertDeadLetter("score", "scoring-failed");
    assertThat(header(letter, DeadLetters.MESSAGE)).contains("poisoned");
    assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo(TOPICS.mfcc());
    assertThat(predictions.isEmpty()).isTrue();
    send(clip("f", 0, 0.5f), complete("f", 1));
    assertThat(prediction().getFeatures().getEnergy()).isEqualTo(0.5);
  }

  @Test
  void aFaultOfOurOwnIsADeadLetterToo() throws Exception {
    send(clip("e", 0, BUG), complete("e", 1));
    assertDeadLetter("score", "inference-fault");
    assertThat(predictions.isEmpty()).isTrue();
    send(clip("f", 0, 0.5f), complete("f", 1));
    assertThat(prediction().getFeatures().getEnergy()).isEqualTo(0.5);
  }

  @Test
  void stateWithoutATerminalRecordExpires() {
    send(clip("e", 0, 0.5f));
    assertThat(driver.getKeyValueStore(TrackProcessor.STORE).get(STORED)).isNotNull();
    driver.advanceWallClockTime(Duration.ofHours(25));
    assertThat(driver.getKeyValueStore(TrackProcessor.STORE).get(STORED)).isNull();
  }

  @Test
  void headersAreCarriedThrough() {
    TestRecord<String, byte[]> record =
        new TestRecord<>("t", clip("e", 0, 0.5f).toByteArray(), EVENT_TIME);
    record.headers().add("ce_id", "7".getBytes(StandardCharsets.UTF_8));
    mfcc.pipeInput(record);
    TestRecord<String, byte[]> prediction = clipPredictions.readRecord();
    assertThat(header(prediction, "ce_id")).isEqualTo("7");
    assertThat(header(prediction, "content-type")).isEqualTo("application/json");
  }

  private Topology topology() {
    ModelMetadata metadata =
        new ModelMetadata(
            "cnn",
            "1.0.0",
            "cafe",
            CONTRACT.name(),
            CONTRACT.sha256(),
            List.of("Folk", "Rock"),
            List.of(0.5, 0.5, 0.57, 0.5, 0.0, 0.4, -0.1, 0.3));
    return InferenceTopology.create(
        TOPICS,
        new FirstCoefficient(),
        metadata,
        ExecutionProvider.CPU,
        Duration.ofMillis(1),
        registry);
  }

  private TestOutputTopic<String, byte[]> output(String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private void send(MfccRecord... records) {
    for (MfccRecord record : records) {
      mfcc.pipeInput("t", record.toByteArray(), EVENT_TIME);
    }
  }

  private Prediction prediction() throws Exception {
    Prediction.Builder prediction = Prediction.newBuilder();
    TestRecord<String, byte[]> record = predictions.readRecord();
    assertThat(record.key()).isEqualTo("t");
    assertThat(record.getRecordTime()).isEqualTo(EVENT_TIME);
    assertThat(Json.parse(record.value(), prediction)).isEmpty();
    return prediction.build();
  }

  private TestRecord<String, byte[]> assertDeadLetter(String stage, String reason) {
    TestRecord<String, byte[]> letter = deadLetters.readRecord();
    assertThat(header(letter, DeadLetters.STAGE)).isEqualTo(stage);
    assertThat(header(letter, DeadLetters.REASON)).isEqualTo(reason);
    assertThat(
            registry
                .get("reprise.dead.letters")
                .tags("stage", stage, "reason", reason)
                .counter()
                .count())
        .isPositive();
    return letter;
  }

  private static String header(TestRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static MfccRecord clip(String extractionId, int index, float first) {
    int frames = 3;
    ByteBuffer values =
        ByteBuffer.allocate(CONTRACT.coefficients() * frames * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putFloat(0, first);
    return record(extractionId)
        .setClip(
            MfccClip.newBuilder()
                .setIndex(index)
                .setNFrames(frames)
                .setCoefficients(ByteString.copyFrom(values))
                .setStartSeconds(30.0 * index)
                .setDurationSeconds(30))
        .build();
  }

  private static MfccRecord complete(String extractionId, int clips) {
    return record(extractionId)
        .setComplete(
            ExtractionComplete.newBuilder().setClipCount(clips).setDecodedSeconds(30.0 * clips))
        .build();
  }

  private static MfccRecord failed(String extractionId) {
    return record(extractionId)
        .setFailed(ExtractionFailed.newBuilder().setReason("decode-failed"))
        .build();
  }

  private static MfccRecord.Builder record(String extractionId) {
    return MfccRecord.newBuilder()
        .setExtraction(
            Extraction.newBuilder()
                .setId(extractionId)
                .setContract(CONTRACT.name())
                .setContractSha256(CONTRACT.sha256())
                .setEventTime(Timestamps.fromMillis(EVENT_TIME.toEpochMilli())));
  }

  private static MfccRecord withId(MfccRecord record, String id) {
    return record.toBuilder().setExtraction(record.getExtraction().toBuilder().setId(id)).build();
  }

  private static final class FirstCoefficient implements Scorer {
    @Override
    public int maxBatchSize() {
      return 4;
    }

    @Override
    public List<Scores> score(List<ClipInput> clips) throws ModelException {
      List<Scores> scores = new ArrayList<>();
      for (ClipInput clip : clips) {
        float first =
            clip.coefficients().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getFloat();
        if (first == POISON) {
          throw new ModelException("poisoned");
        }
        if (first == BUG) {
          throw new IllegalStateException("a bug");
        }
        float[] features = new float[8];
        Arrays.fill(features, first);
        scores.add(new Scores(features, new float[] {0.25f, 0.75f}));
      }
      return scores;
    }
  }
}
