package dev.reprise.inference.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.util.Timestamps;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.QualityWindow;
import dev.reprise.contract.v1.Scope;
import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.contract.v1.Truth;
import dev.reprise.inference.v1.WindowState;
import dev.reprise.runtime.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTopologyTest {
  private static final EvaluationConfig CONFIG =
      new EvaluationConfig(Duration.ofDays(1), Duration.ofDays(30), 10);
  private static final Instant DAY = Records.DAY;
  private static final Scope ENERGY_SINCE_START = scope("energy", Records.MODEL);

  @TempDir Path folder;

  private Evaluation evaluation;

  @BeforeEach
  void start() {
    evaluation = new Evaluation(CONFIG, folder);
  }

  @AfterEach
  void close() {
    evaluation.close();
  }

  private static Scope scope(String feature, String model) {
    return Scope.newBuilder().setFeature(feature).setModel(model).setRole("serving").build();
  }

  private static Scope scope(String feature, String model, Instant windowStart) {
    return scope(feature, model).toBuilder()
        .setWindowStart(Timestamps.fromMillis(windowStart.toEpochMilli()))
        .setWindowEnd(Timestamps.fromMillis(windowStart.plus(CONFIG.window()).toEpochMilli()))
        .build();
  }

  private static Prediction energy(String trackId, double energy, Instant eventTime) {
    return Records.prediction(new Random(1), trackId, eventTime).toBuilder()
        .setFeatures(AudioFeatures.newBuilder().setEnergy(energy))
        .build();
  }

  private static Truth energy(double energy) {
    return Truth.newBuilder()
        .setAudioFeatures(AudioFeatures.newBuilder().setEnergy(energy))
        .build();
  }

  private QualityWindow energySinceStart() throws Exception {
    evaluation.settle();
    return quality(ENERGY_SINCE_START);
  }

  private QualityWindow quality(Scope scope) throws Exception {
    return Objects.requireNonNull(evaluation.qualityWindows().get(scope), scope.toString());
  }

  @Test
  void isAsDescribed() throws Exception {
    assertThat(EvaluationTopology.create(Evaluation.TOPICS, CONFIG, evaluation.registry).describe())
        .hasToString(Files.readString(Path.of("src/test/resources/evaluation-topology.txt")));
  }

  /** The order of records must not change a digit: that is what the integers are for. */
  @Test
  void figuresAreTheSameInAnyOrder() throws Exception {
    Random random = new Random(5);
    List<Prediction> predictions = Records.predictions(random, 60, DAY, Duration.ofHours(1));
    List<Truth> truths = new ArrayList<>();
    predictions.forEach(prediction -> truths.add(Records.truth(random)));
    List<Runnable> records = new ArrayList<>();
    for (int i = 0; i < predictions.size(); i++) {
      Prediction prediction = predictions.get(i);
      String id = prediction.getTrackId();
      Truth truth = truths.get(i);
      Truth mended = Records.truth(random);
      Prediction again = Records.prediction(random, id, DAY.plusSeconds(900_000 + i));
      boolean correct = i % 5 == 0;
      boolean back = i % 10 == 0;
      boolean repeat = i % 7 == 0;
      boolean withdraw = i % 11 == 0;
      records.add(() -> evaluation.predict(prediction));
      records.add(() -> evaluation.predict(prediction));
      records.add(() -> evaluation.know(id, truth, DAY.plusSeconds(60)));
      records.add(() -> evaluation.know(id, truth, DAY.plusSeconds(7_200)));
      if (correct) {
        records.add(() -> evaluation.know(id, mended, DAY.plusSeconds(10_800)));
      }
      if (back) {
        records.add(() -> evaluation.know(id, truth, DAY.plusSeconds(14_400)));
      }
      if (repeat) {
        records.add(() -> evaluation.predict(again));
      }
      if (withdraw) {
        records.add(
            () ->
                evaluation.withdraw(Evaluation.TOPICS.predictions(), id, DAY.plusSeconds(800_000)));
      }
    }
    Map<String, Double> expected = null;
    Map<Scope, QualityWindow> expectedWindows = null;
    Random orders = new Random(9);
    for (int order = 0; order < 4; order++) {
      evaluation.close();
      start();
      evaluation.reference(Records.reference(Records.MODEL));
      for (int i = 0; i < records.size(); i++) {
        records.get(i).run();
        if (order > 0 && orders.nextInt(20) == 0) {
          evaluation.settle();
        }
      }
      evaluation.settle();
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

  /** A window that was empty at some time may or may not have been sent meanwhile. */
  private static Map<Scope, QualityWindow> nonEmpty(Map<Scope, QualityWindow> windows) {
    Map<Scope, QualityWindow> nonEmpty = new LinkedHashMap<>(windows);
    nonEmpty.values().removeIf(window -> window.getPredictions() == 0);
    return nonEmpty;
  }

  @Test
  void truthMayComeBeforeOrAfter() throws Exception {
    evaluation.know("a", energy(0.25), DAY);
    evaluation.predict(energy("a", 0.5, DAY.plusSeconds(5)));
    evaluation.predict(energy("b", 0.5, DAY.plusSeconds(5)));
    evaluation.know("b", energy(0.75), DAY.plus(Duration.ofDays(900)));
    QualityWindow quality = energySinceStart();
    assertThat(quality.getCount()).isEqualTo(2);
    assertThat(quality.getMae()).isEqualTo(0.25);
    assertThat(quality.getBias()).isZero();
    assertThat(quality.getTruthLagSeconds())
        .isEqualTo(Duration.ofDays(900).minusSeconds(5).toSeconds() / 2.0);
  }

  @Test
  void whatIsSentAgainCountsOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      evaluation.predict(energy("a", 0.5, DAY));
      evaluation.know("a", energy(0.25), DAY.plusSeconds(i));
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
  void newTruthCorrectsAndOldTruthDoesNot() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.know("a", energy(0.25), DAY.plusSeconds(10));
    evaluation.know("a", energy(0.375), DAY.plusSeconds(20));
    evaluation.know("a", energy(0.125), DAY.plusSeconds(5));
    assertThat(energySinceStart().getMae()).isEqualTo(0.125);
    assertThat(evaluation.count("reprise.truth.records", "outcome", "outdated")).isEqualTo(1);
  }

  @Test
  void nullWithdraws() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.know("a", energy(0.25), DAY);
    evaluation.withdraw(Evaluation.TOPICS.truth(), "a", DAY.plusSeconds(1));
    QualityWindow quality = energySinceStart();
    assertThat(quality.getCount()).isZero();
    assertThat(quality.getPredictions()).isEqualTo(1);
    assertThat(quality.hasMae()).isFalse();

    evaluation.know("a", energy(0.25), DAY.plusSeconds(2));
    assertThat(energySinceStart().getCount()).isEqualTo(1);
    evaluation.withdraw(Evaluation.TOPICS.predictions(), "a", DAY.plusSeconds(3));
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
  void aNewModelBeginsAtNothingAndTheOldOnesFiguresStay() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.know("a", energy(0.25), DAY);
    Prediction next = energy("a", 0.375, DAY.plusSeconds(1));
    evaluation.predict(Records.byVersion(next, "2.0.0"));
    evaluation.settle();
    assertThat(quality(ENERGY_SINCE_START).getMae()).isEqualTo(0.25);
    assertThat(quality(scope("energy", "cnn@2.0.0")).getMae()).isEqualTo(0.125);
  }

  @Test
  void aShadowsFiguresAreItsOwn() throws Exception {
    evaluation.know("a", energy(0.25), DAY);
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.predict(Evaluation.TOPICS.shadowPredictions(), energy("a", 0.375, DAY));
    evaluation.withdraw(Evaluation.TOPICS.predictions(), "a", DAY.plusSeconds(1));
    evaluation.settle();
    assertThat(quality(ENERGY_SINCE_START).getPredictions()).isZero();
    Scope shadow = ENERGY_SINCE_START.toBuilder().setRole("shadow").build();
    assertThat(quality(shadow).getMae()).isEqualTo(0.125);
  }

  @Test
  void theWindowIsThatOfTheEvent() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY.minusMillis(1)));
    evaluation.predict(energy("b", 0.5, DAY));
    evaluation.predict(energy("c", 0.5, DAY.plus(Duration.ofDays(1)).minusMillis(1)));
    evaluation.know("a", energy(0.25), DAY.plus(Duration.ofDays(20)));
    evaluation.settle();
    assertThat(quality(scope("energy", Records.MODEL, DAY)).getPredictions()).isEqualTo(2);
    QualityWindow before = quality(scope("energy", Records.MODEL, DAY.minus(Duration.ofDays(1))));
    assertThat(before.getPredictions()).isEqualTo(1);
    assertThat(before.getCount()).isEqualTo(1);
  }

  @Test
  void oldWindowsRefuseWhatTheWholeTakes() throws Exception {
    evaluation.predict(energy("old", 0.5, DAY));
    evaluation.predict(energy("new", 0.5, DAY.plus(Duration.ofDays(31))));
    evaluation.know("old", energy(0.25), DAY);
    evaluation.settle();
    assertThat(quality(ENERGY_SINCE_START).getCount()).isEqualTo(1);
    assertThat(quality(ENERGY_SINCE_START).getPredictions()).isEqualTo(2);
    assertThat(evaluation.qualityWindows()).doesNotContainKey(scope("energy", Records.MODEL, DAY));
    assertThat(evaluation.count("reprise.evaluation.refused")).isEqualTo(1);
  }

  @Test
  void anEventFromTheFutureExpiresNothing() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY.plus(Duration.ofDays(80))));
    evaluation.predict(energy("wrong clock", 0.5, Instant.parse("2100-01-01T00:00:00Z")));
    evaluation.predict(energy("b", 0.5, DAY.plus(Duration.ofDays(80))));
    evaluation.know("a", energy(0.25), DAY);
    evaluation.settle();
    QualityWindow window = quality(scope("energy", Records.MODEL, DAY.plus(Duration.ofDays(80))));
    assertThat(window.getPredictions()).isEqualTo(2);
    assertThat(window.getCount()).isEqualTo(1);
    assertThat(evaluation.count("reprise.evaluation.refused")).isZero();
  }

  /** The last day that has a notation, which would leave its window without an end. */
  @Test
  void anEventAtTheEndOfTimeIsRefused() {
    evaluation.predict(energy("a", 0.5, Instant.parse("9999-12-31T12:00:00Z")));
    evaluation.settle();
    assertThat(evaluation.records(Evaluation.TOPICS.deadLetters()))
        .extracting(letter -> header(letter, DeadLetters.REASON))
        .containsExactly("bad-prediction");
  }

  @Test
  void whatHappensNowDoesNotHideBehindTheFuture() {
    Instant today = DAY.plus(Duration.ofDays(80));
    Random random = new Random(3);
    for (int i = 0; i < 12; i++) {
      evaluation.predict(Records.prediction(random, "now" + i, today));
      evaluation.predict(
          Records.prediction(random, "later" + i, Instant.parse("2038-01-01T00:00:00Z")));
    }
    evaluation.settle();
    assertThat(evaluation.gauges())
        .containsEntry(
            "reprise.evaluation.window.start energy cnn@1.0.0 serving",
            (double) today.getEpochSecond());
  }

  @Test
  void namesThatWouldNotFitAreRefused() throws Exception {
    Prediction prediction = energy("a", 0.5, DAY);
    evaluation.predict(
        prediction.toBuilder()
            .setModel(prediction.getModel().toBuilder().setName("m".repeat(300)))
            .build());
    evaluation.predict(prediction.toBuilder().setExtractionId("e".repeat(300)).build());
    evaluation.know("a".repeat(257), energy(0.5), DAY);
    evaluation.settle();
    assertThat(evaluation.records(Evaluation.TOPICS.deadLetters()))
        .extracting(letter -> header(letter, DeadLetters.REASON))
        .containsExactly("bad-prediction", "bad-prediction", "bad-truth");
    assertThat(evaluation.qualityWindows()).isEmpty();
  }

  /** A headers' megabyte on a small record would not fit once more behind a larger one. */
  @Test
  void whatGoesOutHasNoneOfTheRecordsHeaders() {
    evaluation.know("a", energy(0.25), DAY);
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.settle();
    assertThat(evaluation.records(Evaluation.TOPICS.quality()))
        .hasSize(1)
        .allMatch(record -> !record.headers().iterator().hasNext());
  }

  /** The retention was raised: what was deleted under the shorter one stays deleted. */
  @Test
  void aLongerRetentionBringsNothingBack() throws Exception {
    evaluation.predict(energy("old", 0.5, DAY));
    evaluation.predict(energy("new", 0.5, DAY.plus(Duration.ofDays(40))));
    Map<String, WindowState> kept = new LinkedHashMap<>();
    try (KeyValueIterator<String, WindowState> all = evaluation.windows().all()) {
      all.forEachRemaining(entry -> kept.put(entry.key, entry.value));
    }
    evaluation.close();
    EvaluationConfig longer =
        new EvaluationConfig(CONFIG.window(), Duration.ofDays(300), CONFIG.minimum());
    evaluation = new Evaluation(longer, folder.resolve("longer"));
    kept.forEach((key, window) -> evaluation.windows().put(key, window));
    evaluation.predict(energy("other", 0.5, DAY));
    evaluation.settle();
    assertThat(quality(ENERGY_SINCE_START).getPredictions()).isEqualTo(3);
    assertThat(evaluation.qualityWindows()).doesNotContainKey(scope("energy", Records.MODEL, DAY));
  }

  @Test
  void aWindowThatContradictsItselfStopsNothing() throws Exception {
    Instant tomorrow = DAY.plus(Duration.ofDays(1));
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.predict(energy("b", 0.25, DAY));
    evaluation.settle();
    evaluation.qualityWindows().clear();
    try (KeyValueIterator<String, WindowState> all = evaluation.windows().all()) {
      List<KeyValue<String, WindowState>> windows = new ArrayList<>();
      all.forEachRemaining(windows::add);
      windows.stream()
          .filter(entry -> entry.value.getWindowEndMs() > 0)
          .forEach(
              entry ->
                  evaluation
                      .windows()
                      .put(entry.key, entry.value.toBuilder().clearDistribution().build()));
    }
    evaluation.predict(energy("a", 0.75, tomorrow));
    evaluation.settle();
    assertThat(evaluation.qualityWindows())
        .doesNotContainKey(scope("energy", Records.MODEL, DAY))
        .containsKeys(ENERGY_SINCE_START, scope("energy", Records.MODEL, tomorrow));
  }

  @Test
  void aGaugeThatStaysIsNotMadeAnew() {
    Random random = new Random(3);
    // By identity: meters are equal where their names and tags are.
    Set<Object> first = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int i = 0; i < 12; i++) {
      evaluation.predict(Records.prediction(random, "x" + i, DAY));
      evaluation.settle();
      if (i == 10) {
        first.addAll(evaluation.registry.getMeters());
      }
    }
    assertThat(evaluation.registry.getMeters()).allMatch(first::contains);
    assertThat(evaluation.gauges())
        .containsEntry("reprise.evaluation.predictions energy cnn@1.0.0 serving all", 12.0);
  }

  @Test
  void tellsEachTracksError() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.know("a", energy(0.75), DAY);
    assertThat(evaluation.trackQualities())
        .containsExactly(
            TrackQuality.newBuilder()
                .setTrackId("a")
                .setModel(Records.MODEL)
                .setRole("serving")
                .setExtractionId("events-0-" + DAY.getEpochSecond())
                .setEventTime(Timestamps.fromMillis(DAY.toEpochMilli()))
                .setPrediction(AudioFeatures.newBuilder().setEnergy(0.5))
                .setTruth(AudioFeatures.newBuilder().setEnergy(0.75))
                .setError(AudioFeatures.newBuilder().setEnergy(-0.25))
                .build());
  }

  @Test
  void exportsNoVerdictBelowTheMinimum() {
    evaluation.reference(Records.reference(Records.MODEL));
    Random random = new Random(3);
    for (int i = 0; i < CONFIG.minimum(); i++) {
      evaluation.settle();
      assertThat(evaluation.gauges().keySet())
          .noneMatch(name -> name.contains("mae") || name.contains("drift"));
      String id = "track" + i;
      evaluation.predict(Records.prediction(random, id, DAY));
      evaluation.know(id, Records.truth(random), DAY);
    }
    evaluation.settle();
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
    evaluation.reference(Records.reference(Records.MODEL));
    Random random = new Random(3);
    for (int i = 0; i < 40; i++) {
      evaluation.predict(Records.prediction(random, "x" + i, DAY));
      evaluation.predict(
          Records.prediction(random, "y" + i, DAY.plus(Duration.ofDays(1))).toBuilder()
              .setFeatures(Feature.toRecord(new double[] {.9, .9, .9, .9, .9, .9, 90, .9}))
              .setDurationSeconds(7)
              .build());
    }
    evaluation.settle();
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

  /** The reference comes after the predictions, for example of a model that is loaded later. */
  @Test
  void aReferenceThatComesLateIsUsed() throws Exception {
    Random random = new Random(3);
    for (int i = 0; i < 20; i++) {
      evaluation.predict(Records.prediction(random, "x" + i, DAY));
    }
    evaluation.settle();
    assertThat(evaluation.drifts()).isNotEmpty().noneMatch(Drift::hasScores);
    assertThat(evaluation.gauges().keySet()).noneMatch(name -> name.contains("training"));
    evaluation.reference(Records.reference(Records.MODEL));
    evaluation.settle();
    evaluation.settle();
    assertThat(evaluation.gauges())
        .containsKey("reprise.drift.score energy psi cnn@1.0.0 training serving latest");
    assertThat(evaluation.drifts())
        .anyMatch(Drift::hasScores)
        .filteredOn(drift -> !drift.getScope().getFeature().equals("duration"))
        .allMatch(Drift::hasScores);
  }

  @Test
  void countsWhatIsMissingAndWhatIsOutOfRange() {
    Random random = new Random(3);
    for (int i = 0; i < 12; i++) {
      Prediction prediction = Records.prediction(random, "x" + i, DAY);
      AudioFeatures.Builder features = prediction.getFeatures().toBuilder();
      if (i < 2) {
        features.clearEnergy();
      } else if (i < 5) {
        features.setTempo(301);
      }
      evaluation.predict(prediction.toBuilder().setFeatures(features).build());
    }
    evaluation.settle();
    assertThat(evaluation.gauges())
        .containsEntry("reprise.evaluation.missing energy cnn@1.0.0 serving all", 2.0)
        .containsEntry("reprise.evaluation.predictions energy cnn@1.0.0 serving all", 10.0)
        .containsEntry("reprise.evaluation.out.of.range tempo cnn@1.0.0 serving latest", 3.0)
        .containsEntry("reprise.evaluation.out.of.range energy cnn@1.0.0 serving latest", 0.0);
  }

  @Test
  void whatGoesOutIsAsTheSchemasSay() throws Exception {
    evaluation.reference(Records.reference(Records.MODEL));
    Random random = new Random(3);
    for (int i = 0; i < 30; i++) {
      String id = "x" + i;
      evaluation.predict(Records.prediction(random, id, DAY.plus(Duration.ofDays(i / 15))));
      evaluation.know(id, Records.truth(random), DAY);
    }
    evaluation.withdraw(Evaluation.TOPICS.truth(), "x7", DAY.plusSeconds(1));
    evaluation.settle();
    Topics topics = Evaluation.TOPICS;
    assertValid(topics.quality(), "TrackQuality");
    assertValid(topics.qualityWindows(), "QualityWindow");
    assertValid(topics.drift(), "Drift");
  }

  private void assertValid(String topic, String schemaName) throws Exception {
    Path file = Path.of("../docs/schemas").resolve(schemaName + ".json");
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(file));
    List<TestRecord<String, byte[]>> records = evaluation.records(topic);
    assertThat(records).hasSizeGreaterThan(20);
    for (TestRecord<String, byte[]> record : records) {
      String json = new String(record.value(), StandardCharsets.UTF_8);
      assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
    }
  }

  /** As after somebody has deleted a changelog topic: what is taken back was never counted. */
  @Test
  void sumsThatContradictThemselvesStopNothing() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.settle();
    evaluation.qualityWindows().clear();
    String key = SeriesKeys.sinceStart("serving\0" + Records.MODEL + "\0energy");
    WindowState damaged = evaluation.windows().get(key).toBuilder().clearDistribution().build();
    evaluation.windows().put(key, damaged);
    evaluation.predict(energy("a", 0.75, DAY.plusSeconds(1)));
    evaluation.predict(energy("b", 0.25, DAY));
    evaluation.settle();
    assertThat(evaluation.qualityWindows())
        .doesNotContainKey(ENERGY_SINCE_START)
        .containsKey(scope("tempo", Records.MODEL));
  }

  @Test
  void givesItsGaugesUpWhenItCloses() {
    Random random = new Random(3);
    for (int i = 0; i < 12; i++) {
      evaluation.predict(Records.prediction(random, "x" + i, DAY));
    }
    evaluation.settle();
    assertThat(evaluation.gauges()).isNotEmpty();
    evaluation.close();
    assertThat(evaluation.gauges()).isEmpty();
    start();
  }

  @Test
  void whatCannotBeReadBecomesADeadLetterAndHarmsNothing() throws Exception {
    String truth = Evaluation.TOPICS.truth();
    send(truth, "a", "nonsense");
    send(truth, "a", "{\"audio_features\":{\"energy\":1.5,\"tempo\":0}}");
    send(truth, "a", "{\"audio_features\":{\"energy\":\"NaN\"}}");
    send(truth, "a", "{\"track_id\":\"b\",\"audio_features\":{\"energy\":0.5}}");
    send(truth, null, "{\"audio_features\":{\"energy\":0.5}}");
    send(Evaluation.TOPICS.predictions(), "a", "{}");
    send(Evaluation.TOPICS.predictions(), "a", "{\"event_time\":\"2026-03-01T00:00:00Z\"}");
    send(
        Evaluation.TOPICS.predictions(),
        "a",
        "{\"event_time\":\"2026-03-01T00:00:00Z\",\"model\":{\"name\":\"m\",\"version\":\"1\"},"
            + "\"features\":{\"energy\":1e300}}");
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.know("a", energy(0.25), DAY);
    assertThat(energySinceStart().getCount()).isEqualTo(1);

    List<TestRecord<String, byte[]>> letters = evaluation.records(Evaluation.TOPICS.deadLetters());
    assertThat(letters)
        .extracting(letter -> header(letter, DeadLetters.REASON))
        .containsExactly(
            "bad-truth",
            "bad-truth",
            "bad-truth",
            "bad-truth",
            "bad-truth",
            "bad-prediction",
            "bad-prediction",
            "bad-prediction");
    assertThat(letters.get(0).value()).asString(StandardCharsets.UTF_8).isEqualTo("nonsense");
    assertThat(header(letters.get(1), DeadLetters.MESSAGE))
        .isEqualTo(
            "The truth has values that cannot be: audio_features.energy: 1.5 is not between 0 and"
                + " 1; audio_features.tempo: 0.0 is not between 1 and 1000.");
    assertThat(header(letters.get(3), DeadLetters.MESSAGE))
        .isEqualTo("The truth is of track b, but the record's key is a.");
    assertThat(header(letters.get(4), DeadLetters.MESSAGE))
        .isEqualTo("The record has no key; it must be the track id.");
    assertThat(header(letters.get(0), DeadLetters.STAGE)).isEqualTo("evaluate");
    assertThat(evaluation.count("reprise.truth.records", "outcome", "rejected")).isEqualTo(5);
  }

  @Test
  void unknownFieldsOfTruthAreIgnoredAndCounted() throws Exception {
    send(
        Evaluation.TOPICS.truth(),
        "a",
        "{\"audio_features\":{\"energy\":0.5,\"Tempo\":99},\"mood\":\"sad\"}");
    evaluation.predict(energy("a", 0.5, DAY));
    assertThat(energySinceStart().getCount()).isEqualTo(1);
    assertThat(evaluation.count("reprise.truth.unknown.fields")).isEqualTo(2);
  }

  private void send(String topic, @Nullable String key, String json) {
    evaluation.send(topic, key, json.getBytes(StandardCharsets.UTF_8), DAY.toEpochMilli());
  }

  private static String header(TestRecord<String, byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
