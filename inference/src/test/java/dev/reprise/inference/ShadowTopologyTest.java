package dev.reprise.inference;

import static dev.reprise.inference.TestMfccRecords.clip;
import static dev.reprise.inference.TestMfccRecords.complete;
import static dev.reprise.inference.TestMfccRecords.failed;
import static dev.reprise.inference.TestMfccRecords.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Role;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.inference.scoring.ScoringPath;
import dev.reprise.inference.serving.Models;
import dev.reprise.inference.serving.ServedModel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The topology with a shadow model that fails on clips that the serving model scores. */
class ShadowTopologyTest {
  @TempDir Path folder;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> calls = new ArrayList<>();
  private final Models serving = new Models(servingModel("1.0.0", "cafe"));
  private final Models shadow = new Models(shadowModel("2.0.0", "beef"));
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
        .isEqualTo(Files.readString(Path.of("src/test/resources/topology-shadow.txt")));
  }

  @Test
  void bothModelsPredictTheTrackOnTheirOwnTopics() throws Exception {
    inference.send(clip("e", 0, 0.25f), clip("e", 1, 0.75f), clip("e", 1, 0.75f), complete("e", 2));
    Prediction served = inference.prediction();
    Prediction shadowed = inference.shadowPrediction();
    assertThat(served.getModel().getSha256()).isEqualTo("cafe");
    assertThat(shadowed.getModel().getSha256()).isEqualTo("beef");
    assertThat(shadowed).isEqualTo(served.toBuilder().setModel(shadowed.getModel()).build());
    assertThat(inference.predictions.isEmpty()).isTrue();
    assertThat(inference.shadowPredictions.isEmpty()).isTrue();
  }

  @Test
  void theShadowScoresLastAndPublishesNoClipPredictions() {
    inference.send(clip("e", 0, 0.25f), clip("e", 1, 0.75f));
    assertThat(calls).containsExactly("cafe", "beef", "cafe", "beef");
    assertThat(inference.clipPredictions.readValuesToList())
        .hasSize(2)
        .allMatch(value -> new String(value, StandardCharsets.UTF_8).contains("cafe"));
  }

  @ParameterizedTest
  @CsvSource({"-1, scoring-failed", "-2, inference-fault", "-3, scoring-failed"})
  void aFailureOfTheShadowDoesNotAffectServing(float first, String reason) throws Exception {
    serving.replaceWith(FirstCoefficientScorer.tolerantModel("1.1.0", "5afe", calls, registry));
    inference.send(clip("e", 0, 0.5f), clip("e", 1, first), complete("e", 2));
    assertThat(inference.prediction().getClipCount()).isEqualTo(2);
    assertThat(inference.shadowPredictions.isEmpty()).isTrue();
    assertThat(inference.deadLetters.isEmpty()).isTrue();
    assertThat(shadowFailures(reason)).isEqualTo(1);

    inference.send(clip("f", 0, 0.5f), complete("f", 1));
    assertThat(inference.prediction().getExtractionId()).isEqualTo("f");
    assertThat(inference.shadowPrediction().getExtractionId()).isEqualTo("f");
  }

  @Test
  void invalidInputGetsOneDeadLetter() throws Exception {
    inference.mfcc.pipeInput("t", "garbage".getBytes(StandardCharsets.UTF_8));
    assertThat(inference.deadLetters.readValuesToList()).hasSize(1);
    assertThat(shadowFailures("bad-mfcc")).isEqualTo(1);
    inference.send(clip("e", 0, 0.5f), failed("e"), complete("e", 1));
    assertThat(inference.predictions.isEmpty()).isTrue();
    assertThat(inference.shadowPredictions.isEmpty()).isTrue();
    assertThat(inference.deadLetters.isEmpty()).isTrue();
  }

  @Test
  void aWithdrawalConcernsBothModels() {
    inference.send(withdrawn("e"));
    assertThat(inference.predictions.readValue()).isNull();
    assertThat(inference.shadowPredictions.readValue()).isNull();
  }

  @Test
  void theShadowIsReplacedByTheSameRules() throws Exception {
    inference.send(clip("e", 0, 0.25f));
    shadow.replaceWith(shadowModel("3.0.0", "f00d"));
    inference.send(clip("f", 0, 0.5f), complete("f", 1), clip("e", 1, 0.75f), complete("e", 2));
    assertThat(inference.shadowPrediction().getModel().getSha256()).isEqualTo("f00d");
    assertThat(inference.shadowPrediction().getModel().getSha256()).isEqualTo("beef");

    inference.send(clip("g", 0, 0.25f));
    shadow.replaceWith(shadowModel("4.0.0", "4444"));
    shadow.replaceWith(shadowModel("5.0.0", "5555"));
    inference.send(clip("g", 1, 0.25f), complete("g", 2));
    assertThat(inference.shadowPredictions.isEmpty()).isTrue();
    assertThat(shadowFailures("model-changed")).isEqualTo(1);
    assertThat(inference.predictions.readValuesToList()).hasSize(3);
    assertThat(inference.deadLetters.isEmpty()).isTrue();
  }

  private Topology topology() {
    return InferenceTopology.create(
        InferenceDriver.TOPICS,
        ScoringPath.serving(serving, registry),
        Optional.of(ScoringPath.shadow(shadow, registry)));
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
}
