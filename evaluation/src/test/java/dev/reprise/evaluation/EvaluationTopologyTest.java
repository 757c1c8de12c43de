package dev.reprise.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.QualityWindow;
import dev.reprise.contract.v1.Scope;
import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.contract.v1.Truth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pairing of predictions and truth, in any order of the records. */
class EvaluationTopologyTest extends EvaluationTestBase {
  @Test
  void matchesTheCommittedDescription() throws Exception {
    assertThat(
            EvaluationTopology.create(EvaluationDriver.TOPICS, CONFIG, true, evaluation.registry)
                .describe())
        .hasToString(Files.readString(Path.of("src/test/resources/evaluation-topology.txt")));
  }

  /** Its principal then needs no permission on the topic. */
  @Test
  void doesNotReadShadowPredictionsWithoutAShadowModel() {
    assertThat(
            EvaluationTopology.create(EvaluationDriver.TOPICS, CONFIG, false, evaluation.registry)
                .describe()
                .toString())
        .contains(EvaluationDriver.TOPICS.predictions())
        .doesNotContain(EvaluationDriver.TOPICS.shadowPredictions());
  }

  /** The sums are integers, so that the metrics are bit-identical in any order of the records. */
  @Test
  void metricsDoNotDependOnTheOrder() throws Exception {
    Random random = new Random(5);
    List<Prediction> predictions =
        TestPredictions.predictions(random, 60, DAY, Duration.ofHours(1));
    List<Truth> truths = new ArrayList<>();
    predictions.forEach(prediction -> truths.add(TestPredictions.truth(random)));
    List<Runnable> records = new ArrayList<>();
    for (int i = 0; i < predictions.size(); i++) {
      Prediction prediction = predictions.get(i);
      String id = prediction.getTrackId();
      Truth truth = truths.get(i);
      Truth corrected = TestPredictions.truth(random);
      Prediction again = TestPredictions.prediction(random, id, DAY.plusSeconds(900_000 + i));
      boolean correct = i % 5 == 0;
      boolean revert = i % 10 == 0;
      boolean repeat = i % 7 == 0;
      boolean withdraw = i % 11 == 0;
      records.add(() -> evaluation.predict(prediction));
      records.add(() -> evaluation.predict(prediction));
      records.add(() -> evaluation.sendTruth(id, truth, DAY.plusSeconds(60)));
      records.add(() -> evaluation.sendTruth(id, truth, DAY.plusSeconds(7_200)));
      if (correct) {
        records.add(() -> evaluation.sendTruth(id, corrected, DAY.plusSeconds(10_800)));
      }
      if (revert) {
        records.add(() -> evaluation.sendTruth(id, truth, DAY.plusSeconds(14_400)));
      }
      if (repeat) {
        records.add(() -> evaluation.predict(again));
      }
      if (withdraw) {
        records.add(
            () ->
                evaluation.withdraw(
                    EvaluationDriver.TOPICS.predictions(), id, DAY.plusSeconds(800_000)));
      }
    }
    Map<String, Double> expected = null;
    Map<Scope, QualityWindow> expectedWindows = null;
    Random orders = new Random(9);
    for (int order = 0; order < 4; order++) {
      evaluation.close();
      start();
      evaluation.sendReference(TestPredictions.reference(TestPredictions.MODEL));
      for (int i = 0; i < records.size(); i++) {
        records.get(i).run();
        if (order > 0 && orders.nextInt(20) == 0) {
          evaluation.flush();
        }
      }
      evaluation.flush();
      Map<String, Double> gauges = evaluation.gauges();
      Map<Scope, QualityWindow> windows = nonEmpty(evaluation.qualityWindows());
      if (expected == null) {
        expected = gauges;
        expectedWindows = windows;
        assertThat(expected).hasSizeGreaterThan(300);
        assertThat(expectedWindows).hasSizeGreaterThan(16);
      }
      assertThat(gauges).isEqualTo(expected);
      assertThat(windows).isEqualTo(expectedWindows);
      Collections.shuffle(records, orders);
    }
  }

  /** Drops empty windows: whether they were published depends on the order. */
  private static Map<Scope, QualityWindow> nonEmpty(Map<Scope, QualityWindow> windows) {
    Map<Scope, QualityWindow> nonEmpty = new LinkedHashMap<>(windows);
    nonEmpty.values().removeIf(window -> window.getPredictions() == 0);
    return nonEmpty;
  }

  @Test
  void truthMayArriveBeforeOrAfterThePrediction() throws Exception {
    evaluation.sendTruth("a", energy(0.25), DAY);
    evaluation.predict(energy("a", 0.5, DAY.plusSeconds(5)));
    evaluation.predict(energy("b", 0.5, DAY.plusSeconds(5)));
    evaluation.sendTruth("b", energy(0.75), DAY.plus(Duration.ofDays(900)));
    QualityWindow quality = energySinceStart();
    assertThat(quality.getCount()).isEqualTo(2);
    assertThat(quality.getMae()).isEqualTo(0.25);
    assertThat(quality.getBias()).isZero();
    assertThat(quality.getTruthLagSeconds())
        .isEqualTo(Duration.ofDays(900).minusSeconds(5).toSeconds() / 2.0);
  }

  @Test
  void duplicatesCountOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      evaluation.predict(energy("a", 0.5, DAY));
      evaluation.sendTruth("a", energy(0.25), DAY.plusSeconds(i));
    }
    QualityWindow quality = energySinceStart();
    assertThat(quality.getPredictions()).isEqualTo(1);
    assertThat(quality.getCount()).isEqualTo(1);
    assertThat(quality.getTruthLagSeconds()).isZero();
    assertThat(evaluation.trackQualities()).hasSize(1);
    assertThat(evaluation.count("reprise.truth.records", "outcome", "accepted")).isEqualTo(1);
    assertThat(evaluation.count("reprise.truth.records", "outcome", "unchanged")).isEqualTo(2);
  }

  @Test
  void newerTruthReplacesAndOlderTruthIsIgnored() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.sendTruth("a", energy(0.25), DAY.plusSeconds(10));
    evaluation.sendTruth("a", energy(0.375), DAY.plusSeconds(20));
    evaluation.sendTruth("a", energy(0.125), DAY.plusSeconds(5));
    assertThat(energySinceStart().getMae()).isEqualTo(0.125);
    assertThat(evaluation.count("reprise.truth.records", "outcome", "outdated")).isEqualTo(1);
  }

  @Test
  void tombstonesWithdraw() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.sendTruth("a", energy(0.25), DAY);
    evaluation.withdraw(EvaluationDriver.TOPICS.truth(), "a", DAY.plusSeconds(1));
    QualityWindow quality = energySinceStart();
    assertThat(quality.getCount()).isZero();
    assertThat(quality.getPredictions()).isEqualTo(1);
    assertThat(quality.hasMae()).isFalse();

    evaluation.sendTruth("a", energy(0.25), DAY.plusSeconds(2));
    assertThat(energySinceStart().getCount()).isEqualTo(1);
    evaluation.withdraw(EvaluationDriver.TOPICS.predictions(), "a", DAY.plusSeconds(3));
    assertThat(energySinceStart().getPredictions()).isZero();
    assertThat(evaluation.trackQualities())
        .extracting(TrackQuality::getWithdrawn)
        .containsExactly(false, true, false, true);

    // The event of this one is older than the withdrawal.
    evaluation.predict(energy("a", 0.75, DAY.plusSeconds(2)));
    evaluation.predict(energy("b", 0.75, DAY));
    assertThat(energySinceStart().getPredictions()).isEqualTo(1);
    evaluation.predict(energy("a", 0.75, DAY.plusSeconds(4)));
    assertThat(energySinceStart().getPredictions()).isEqualTo(2);
  }

  @Test
  void aNewModelStartsEmptyAndTheOldModelsMetricsStay() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.sendTruth("a", energy(0.25), DAY);
    Prediction next = energy("a", 0.375, DAY.plusSeconds(1));
    evaluation.predict(TestPredictions.byVersion(next, "2.0.0"));
    evaluation.flush();
    assertThat(quality(ENERGY_SINCE_START).getMae()).isEqualTo(0.25);
    assertThat(quality(scope("energy", "cnn@2.0.0")).getMae()).isEqualTo(0.125);
  }

  @Test
  void theShadowHasItsOwnMetrics() throws Exception {
    evaluation.sendTruth("a", energy(0.25), DAY);
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.predict(EvaluationDriver.TOPICS.shadowPredictions(), energy("a", 0.375, DAY));
    evaluation.withdraw(EvaluationDriver.TOPICS.predictions(), "a", DAY.plusSeconds(1));
    evaluation.flush();
    assertThat(quality(ENERGY_SINCE_START).getPredictions()).isZero();
    Scope shadow = ENERGY_SINCE_START.toBuilder().setRole("shadow").build();
    assertThat(quality(shadow).getMae()).isEqualTo(0.125);
  }

  @Test
  void publishesTheErrorOfEachTrack() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.sendTruth("a", energy(0.75), DAY);
    assertThat(evaluation.trackQualities())
        .containsExactly(
            TrackQuality.newBuilder()
                .setTrackId("a")
                .setModel(TestPredictions.MODEL)
                .setRole("serving")
                .setExtractionId("events-0-" + DAY.getEpochSecond())
                .setEventTime(Timestamps.fromMillis(DAY.toEpochMilli()))
                .setPrediction(AudioFeatures.newBuilder().setEnergy(0.5))
                .setTruth(AudioFeatures.newBuilder().setEnergy(0.75))
                .setError(AudioFeatures.newBuilder().setEnergy(-0.25))
                .build());
  }
}
