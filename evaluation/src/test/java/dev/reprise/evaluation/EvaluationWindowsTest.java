package dev.reprise.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.QualityWindow;
import dev.reprise.evaluation.v1.WindowState;
import dev.reprise.evaluation.windows.WindowConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.Test;

/** Windows, drift and gauges. */
class EvaluationWindowsTest extends EvaluationTestBase {
  @Test
  void windowsAreByEventTime() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY.minusMillis(1)));
    evaluation.predict(energy("b", 0.5, DAY));
    evaluation.predict(energy("c", 0.5, DAY.plus(Duration.ofDays(1)).minusMillis(1)));
    evaluation.sendTruth("a", energy(0.25), DAY.plus(Duration.ofDays(20)));
    evaluation.flush();
    assertThat(quality(scope("energy", TestPredictions.MODEL, DAY)).getPredictions()).isEqualTo(2);
    QualityWindow before =
        quality(scope("energy", TestPredictions.MODEL, DAY.minus(Duration.ofDays(1))));
    assertThat(before.getPredictions()).isEqualTo(1);
    assertThat(before.getCount()).isEqualTo(1);
  }

  @Test
  void expiredWindowsRejectUpdatesThatTheSumsSinceTheStartAccept() throws Exception {
    evaluation.predict(energy("old", 0.5, DAY));
    evaluation.predict(energy("new", 0.5, DAY.plus(Duration.ofDays(31))));
    evaluation.sendTruth("old", energy(0.25), DAY);
    evaluation.flush();
    assertThat(quality(ENERGY_SINCE_START).getCount()).isEqualTo(1);
    assertThat(quality(ENERGY_SINCE_START).getPredictions()).isEqualTo(2);
    assertThat(evaluation.qualityWindows())
        .doesNotContainKey(scope("energy", TestPredictions.MODEL, DAY));
    assertThat(evaluation.count("reprise.evaluation.refused")).isEqualTo(1);
  }

  @Test
  void anEventInTheFutureDoesNotExpireWindows() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY.plus(Duration.ofDays(80))));
    evaluation.predict(energy("wrong clock", 0.5, Instant.parse("2100-01-01T00:00:00Z")));
    evaluation.predict(energy("b", 0.5, DAY.plus(Duration.ofDays(80))));
    evaluation.sendTruth("a", energy(0.25), DAY);
    evaluation.flush();
    QualityWindow window =
        quality(scope("energy", TestPredictions.MODEL, DAY.plus(Duration.ofDays(80))));
    assertThat(window.getPredictions()).isEqualTo(2);
    assertThat(window.getCount()).isEqualTo(1);
    assertThat(evaluation.count("reprise.evaluation.refused")).isZero();
  }

  @Test
  void aWindowInTheFutureDoesNotHideTheCurrentOne() {
    Instant today = DAY.plus(Duration.ofDays(80));
    Random random = new Random(3);
    for (int i = 0; i < 12; i++) {
      evaluation.predict(TestPredictions.prediction(random, "now" + i, today));
      evaluation.predict(
          TestPredictions.prediction(random, "later" + i, Instant.parse("2038-01-01T00:00:00Z")));
    }
    evaluation.flush();
    assertThat(evaluation.gauges())
        .containsEntry(
            "reprise.evaluation.window.start energy cnn@1.0.0 serving",
            (double) today.getEpochSecond());
  }

  /** The retention was raised: windows that expired under the shorter one stay deleted. */
  @Test
  void aLongerRetentionDoesNotRecreateDeletedWindows() throws Exception {
    evaluation.predict(energy("old", 0.5, DAY));
    evaluation.predict(energy("new", 0.5, DAY.plus(Duration.ofDays(40))));
    Map<String, WindowState> kept = new LinkedHashMap<>();
    try (KeyValueIterator<String, WindowState> all = evaluation.windows().all()) {
      all.forEachRemaining(entry -> kept.put(entry.key, entry.value));
    }
    evaluation.close();
    WindowConfig longer = new WindowConfig(CONFIG.window(), Duration.ofDays(300), CONFIG.minimum());
    evaluation = new EvaluationDriver(longer, folder.resolve("longer"));
    kept.forEach((key, window) -> evaluation.windows().put(key, window));
    evaluation.predict(energy("other", 0.5, DAY));
    evaluation.flush();
    assertThat(quality(ENERGY_SINCE_START).getPredictions()).isEqualTo(3);
    assertThat(evaluation.qualityWindows())
        .doesNotContainKey(scope("energy", TestPredictions.MODEL, DAY));
  }

  @Test
  void exportsNoMetricsBelowTheMinimum() {
    evaluation.sendReference(TestPredictions.reference(TestPredictions.MODEL));
    Random random = new Random(3);
    for (int i = 0; i < CONFIG.minimum(); i++) {
      evaluation.flush();
      assertThat(evaluation.gauges().keySet())
          .noneMatch(name -> name.contains("mae") || name.contains("drift"));
      String id = "track" + i;
      evaluation.predict(TestPredictions.prediction(random, id, DAY));
      evaluation.sendTruth(id, TestPredictions.truth(random), DAY);
    }
    evaluation.flush();
    assertThat(evaluation.gauges())
        .containsEntry("reprise.quality.pairs energy cnn@1.0.0 serving latest", 10.0)
        .containsKeys(
            "reprise.quality.mae energy cnn@1.0.0 serving latest",
            "reprise.quality.mae energy cnn@1.0.0 serving all",
            "reprise.drift.score energy psi cnn@1.0.0 training serving latest",
            "reprise.input.drift.score loudness ks cnn@1.0.0 training serving all");
  }

  @Test
  void driftIsMeasuredAgainstTheReferenceAndAgainstEarlierWindows() throws Exception {
    evaluation.sendReference(TestPredictions.reference(TestPredictions.MODEL));
    Random random = new Random(3);
    for (int i = 0; i < 40; i++) {
      evaluation.predict(TestPredictions.prediction(random, "x" + i, DAY));
      evaluation.predict(
          TestPredictions.prediction(random, "y" + i, DAY.plus(Duration.ofDays(1))).toBuilder()
              .setFeatures(Feature.toRecord(new double[] {.9, .9, .9, .9, .9, .9, 90, .9}))
              .setDurationSeconds(7)
              .build());
    }
    evaluation.flush();
    Map<String, Double> gauges = evaluation.gauges();
    assertThat(gauges.get("reprise.drift.score energy ks cnn@1.0.0 earlier serving latest"))
        .isGreaterThan(0.7);
    assertThat(gauges.get("reprise.drift.score energy ks cnn@1.0.0 training serving latest"))
        .isCloseTo(0.9, within(0.002));
    assertThat(gauges.get("reprise.input.drift.score duration ks cnn@1.0.0 earlier serving latest"))
        .isEqualTo(1);
    assertThat(
            gauges.get("reprise.input.drift.score loudness psi cnn@1.0.0 earlier serving latest"))
        .isLessThan(1);
    assertThat(gauges.get("reprise.input.mean duration cnn@1.0.0 serving latest"))
        .isCloseTo(Math.log(7) / Math.log(2), within(1e-6));
    assertThat(gauges)
        .containsEntry(
            "reprise.evaluation.window.start energy cnn@1.0.0 serving",
            (double) DAY.plus(Duration.ofDays(1)).getEpochSecond());
    List<Drift> drifts = evaluation.drifts();
    assertThat(drifts)
        .filteredOn(drift -> drift.getReference().equals("earlier"))
        .extracting(drift -> drift.getScope().getFeature())
        .contains("energy", "duration", "loudness");
    assertThat(drifts)
        .filteredOn(
            drift ->
                drift.getReference().equals("training")
                    && drift.getScope().getFeature().equals("energy"))
        .allMatch(Drift::hasScores)
        .hasSize(3);
  }

  /** The reference arrives after the predictions, for example of a model that is loaded later. */
  @Test
  void aReferenceThatArrivesLateIsUsed() throws Exception {
    Random random = new Random(3);
    for (int i = 0; i < 20; i++) {
      evaluation.predict(TestPredictions.prediction(random, "x" + i, DAY));
    }
    evaluation.flush();
    assertThat(evaluation.drifts()).isNotEmpty().noneMatch(Drift::hasScores);
    assertThat(evaluation.gauges().keySet()).noneMatch(name -> name.contains("training"));
    evaluation.sendReference(TestPredictions.reference(TestPredictions.MODEL));
    evaluation.flush();
    evaluation.flush();
    assertThat(evaluation.gauges())
        .containsKey("reprise.drift.score energy psi cnn@1.0.0 training serving latest");
    assertThat(evaluation.drifts())
        .anyMatch(Drift::hasScores)
        .filteredOn(drift -> !drift.getScope().getFeature().equals("duration"))
        .allMatch(Drift::hasScores);
  }

  @Test
  void countsMissingAndOutOfRangePredictions() {
    Random random = new Random(3);
    for (int i = 0; i < 12; i++) {
      Prediction prediction = TestPredictions.prediction(random, "x" + i, DAY);
      AudioFeatures.Builder features = prediction.getFeatures().toBuilder();
      if (i < 2) {
        features.clearEnergy();
      } else if (i < 5) {
        features.setTempo(301);
      }
      evaluation.predict(prediction.toBuilder().setFeatures(features).build());
    }
    evaluation.flush();
    assertThat(evaluation.gauges())
        .containsEntry("reprise.evaluation.missing energy cnn@1.0.0 serving all", 2.0)
        .containsEntry("reprise.evaluation.predictions energy cnn@1.0.0 serving all", 10.0)
        .containsEntry("reprise.evaluation.out.of.range tempo cnn@1.0.0 serving latest", 3.0)
        .containsEntry("reprise.evaluation.out.of.range energy cnn@1.0.0 serving latest", 0.0);
  }

  @Test
  void anExistingGaugeIsNotRegisteredAgain() {
    Random random = new Random(3);
    // By identity: meters with equal names and tags are equal.
    Set<Object> first = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < 12; i++) {
      evaluation.predict(TestPredictions.prediction(random, "x" + i, DAY));
      evaluation.flush();
      if (i == 10) {
        first.addAll(evaluation.registry.getMeters());
      }
    }
    assertThat(evaluation.registry.getMeters()).allMatch(first::contains);
    assertThat(evaluation.gauges())
        .containsEntry("reprise.evaluation.predictions energy cnn@1.0.0 serving all", 12.0);
  }

  @Test
  void removesItsGaugesOnClose() {
    Random random = new Random(3);
    for (int i = 0; i < 12; i++) {
      evaluation.predict(TestPredictions.prediction(random, "x" + i, DAY));
    }
    evaluation.flush();
    assertThat(evaluation.gauges()).isNotEmpty();
    evaluation.close();
    assertThat(evaluation.gauges()).isEmpty();
    start();
  }
}
