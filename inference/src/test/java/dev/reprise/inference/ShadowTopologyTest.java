package dev.reprise.inference;

import static dev.reprise.inference.TestMfccRecords.EVENT_TIME;
import static dev.reprise.inference.TestMfccRecords.clip;
import static dev.reprise.inference.TestMfccRecords.complete;
import static dev.reprise.inference.TestMfccRecords.failed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Json;
import dev.reprise.contract.Role;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.inference.serving.Models;
import dev.reprise.inference.serving.ServedModel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The topology with a shadow model that fails on clips that the serving model scores. */
class ShadowTopologyTest {
  private static final Topics TOPICS = Topics.defaults();

  @TempDir Path stateDirectory;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> calls = new ArrayList<>();
  private final Models serving = new Models(servingModel("1.0.0", "cafe"));
  private final Models shadow = new Models(shadowModel("2.0.0", "beef"));
  private TopologyTestDriver driver;
  private TestInputTopic<String, byte[]> mfcc;
  private TestOutputTopic<String, byte[]> clipPredictions;
  private TestOutputTopic<String, byte[]> predictions;
  private TestOutputTopic<String, byte[]> shadowPredictions;
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
    shadowPredictions = output("reprise.predictions.v1.shadow");
    deadLetters = output(TOPICS.deadLetters());
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void matchesTheCommittedDescription() throws Exception {
    assertThat(topology().describe().toString())
        .isEqualTo(Files.readString(Path.of("src/test/resources/topology-shadow.txt")));
  }

  @Test
  void bothModelsPredictTheTrackOnTheirOwnTopics() throws Exception {
    send(clip("e", 0, 0.25f), clip("e", 1, 0.75f), clip("e", 1, 0.75f), complete("e", 2));
    Prediction served = read(predictions);
    Prediction shadowed = read(shadowPredictions);
    assertThat(served.getModel().getSha256()).isEqualTo("cafe");
    assertThat(shadowed.getModel().getSha256()).isEqualTo("beef");
    assertThat(shadowed).isEqualTo(served.toBuilder().setModel(shadowed.getModel()).build());
    assertThat(predictions.isEmpty()).isTrue();
    assertThat(shadowPredictions.isEmpty()).isTrue();
  }

  @Test
  void theShadowScoresLastAndPublishesNoClipPredictions() {
    send(clip("e", 0, 0.25f), clip("e", 1, 0.75f));
    assertThat(calls).containsExactly("cafe", "beef", "cafe", "beef");
    assertThat(clipPredictions.readValuesToList())
        .hasSize(2)
        .allMatch(value -> new String(value, StandardCharsets.UTF_8).contains("cafe"));
  }

  @ParameterizedTest
  @CsvSource({"-1, scoring-failed", "-2, inference-fault", "-3, scoring-failed"})
  void aFailureOfTheShadowDoesNotAffectServing(float first, String reason) throws Exception {
    serving.replaceWith(FirstCoefficientScorer.tolerantModel("1.1.0", "5afe", calls, registry));
    send(clip("e", 0, 0.5f), clip("e", 1, first), complete("e", 2));
    assertThat(read(predictions).getClipCount()).isEqualTo(2);
    assertThat(shadowPredictions.isEmpty()).isTrue();
    assertThat(deadLetters.isEmpty()).isTrue();
    assertThat(shadowFailures(reason)).isEqualTo(1);

    send(clip("f", 0, 0.5f), complete("f", 1));
    assertThat(read(predictions).getExtractionId()).isEqualTo("f");
    assertThat(read(shadowPredictions).getExtractionId()).isEqualTo("f");
  }

  @Test
  void invalidInputGetsOneDeadLetter() throws Exception {
    mfcc.pipeInput("t", "garbage".getBytes(StandardCharsets.UTF_8));
    assertThat(deadLetters.readValuesToList()).hasSize(1);
    assertThat(shadowFailures("bad-mfcc")).isEqualTo(1);
    send(clip("e", 0, 0.5f), failed("e"), complete("e", 1));
    assertThat(predictions.isEmpty()).isTrue();
    assertThat(shadowPredictions.isEmpty()).isTrue();
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  @Test
  void theShadowIsReplacedByTheSameRules() throws Exception {
    send(clip("e", 0, 0.25f));
    shadow.replaceWith(shadowModel("3.0.0", "f00d"));
    send(clip("f", 0, 0.5f), complete("f", 1), clip("e", 1, 0.75f), complete("e", 2));
    assertThat(read(shadowPredictions).getModel().getSha256()).isEqualTo("f00d");
    assertThat(read(shadowPredictions).getModel().getSha256()).isEqualTo("beef");

    send(clip("g", 0, 0.25f));
    shadow.replaceWith(shadowModel("4.0.0", "4444"));
    shadow.replaceWith(shadowModel("5.0.0", "5555"));
    send(clip("g", 1, 0.25f), complete("g", 2));
    assertThat(shadowPredictions.isEmpty()).isTrue();
    assertThat(shadowFailures("model-changed")).isEqualTo(1);
    assertThat(predictions.readValuesToList()).hasSize(3);
    assertThat(deadLetters.isEmpty()).isTrue();
  }

  private Topology topology() {
    return InferenceTopology.create(TOPICS, serving, Optional.of(shadow), registry);
  }

  private ServedModel servingModel(String version, String sha256) {
    return FirstCoefficientScorer.model(version, sha256, Role.SERVING, calls, registry);
  }

  private ServedModel shadowModel(String version, String sha256) {
    return FirstCoefficientScorer.model(version, sha256, Role.SHADOW, calls, registry);
  }

  private double shadowFailures(String reason) {
    return registry.get("reprise.shadow.failures").tag("reason", reason).counter().count();
  }

  private TestOutputTopic<String, byte[]> output(String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private void send(MfccRecord... records) {
    for (MfccRecord record : records) {
      mfcc.pipeInput("t", record.toByteArray(), EVENT_TIME);
    }
  }

  private static Prediction read(TestOutputTopic<String, byte[]> topic) throws Exception {
    Prediction.Builder prediction = Prediction.newBuilder();
    assertThat(Json.parse(topic.readValue(), prediction)).isEmpty();
    return prediction.build();
  }
}
