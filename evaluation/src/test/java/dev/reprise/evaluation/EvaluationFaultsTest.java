package dev.reprise.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.evaluation.series.SeriesKeys;
import dev.reprise.evaluation.v1.WindowState;
import dev.reprise.runtime.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Records and states that are not as they should be, and the form of what goes out. */
class EvaluationFaultsTest extends EvaluationTestBase {
  /** The last day that has a notation, which would leave its window without an end. */
  @Test
  void anEventAtTheEndOfTimeIsRefused() {
    evaluation.predict(energy("a", 0.5, Instant.parse("9999-12-31T12:00:00Z")));
    evaluation.settle();
    assertThat(evaluation.records(EvaluationDriver.TOPICS.deadLetters()))
        .extracting(letter -> header(letter, DeadLetters.REASON))
        .containsExactly("bad-prediction");
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
    assertThat(evaluation.records(EvaluationDriver.TOPICS.deadLetters()))
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
    assertThat(evaluation.records(EvaluationDriver.TOPICS.quality()))
        .hasSize(1)
        .allMatch(record -> !record.headers().iterator().hasNext());
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
        .doesNotContainKey(scope("energy", TestPredictions.MODEL, DAY))
        .containsKeys(ENERGY_SINCE_START, scope("energy", TestPredictions.MODEL, tomorrow));
  }

  /** As after somebody has deleted a changelog topic: what is taken back was never counted. */
  @Test
  void sumsThatContradictThemselvesStopNothing() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.settle();
    evaluation.qualityWindows().clear();
    String key = SeriesKeys.sinceStart("serving\0" + TestPredictions.MODEL + "\0energy");
    WindowState damaged = evaluation.windows().get(key).toBuilder().clearDistribution().build();
    evaluation.windows().put(key, damaged);
    evaluation.predict(energy("a", 0.75, DAY.plusSeconds(1)));
    evaluation.predict(energy("b", 0.25, DAY));
    evaluation.settle();
    assertThat(evaluation.qualityWindows())
        .doesNotContainKey(ENERGY_SINCE_START)
        .containsKey(scope("tempo", TestPredictions.MODEL));
  }

  @Test
  void whatCannotBeReadBecomesADeadLetterAndHarmsNothing() throws Exception {
    String truth = EvaluationDriver.TOPICS.truth();
    send(truth, "a", "nonsense");
    send(truth, "a", "{\"audio_features\":{\"energy\":1.5,\"tempo\":0}}");
    send(truth, "a", "{\"audio_features\":{\"energy\":\"NaN\"}}");
    send(truth, "a", "{\"track_id\":\"b\",\"audio_features\":{\"energy\":0.5}}");
    send(truth, null, "{\"audio_features\":{\"energy\":0.5}}");
    send(EvaluationDriver.TOPICS.predictions(), "a", "{}");
    send(EvaluationDriver.TOPICS.predictions(), "a", "{\"event_time\":\"2026-03-01T00:00:00Z\"}");
    send(
        EvaluationDriver.TOPICS.predictions(),
        "a",
        "{\"event_time\":\"2026-03-01T00:00:00Z\",\"model\":{\"name\":\"m\",\"version\":\"1\"},"
            + "\"features\":{\"energy\":1e300}}");
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.know("a", energy(0.25), DAY);
    assertThat(energySinceStart().getCount()).isEqualTo(1);

    List<TestRecord<String, byte[]>> letters =
        evaluation.records(EvaluationDriver.TOPICS.deadLetters());
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
        EvaluationDriver.TOPICS.truth(),
        "a",
        "{\"audio_features\":{\"energy\":0.5,\"Tempo\":99},\"mood\":\"sad\"}");
    evaluation.predict(energy("a", 0.5, DAY));
    assertThat(energySinceStart().getCount()).isEqualTo(1);
    assertThat(evaluation.count("reprise.truth.unknown.fields")).isEqualTo(2);
  }

  private void send(String topic, @Nullable String key, String json) {
    evaluation.send(topic, key, json.getBytes(StandardCharsets.UTF_8), DAY.toEpochMilli());
  }

  @Test
  void whatGoesOutIsAsTheSchemasSay() throws Exception {
    evaluation.reference(TestPredictions.reference(TestPredictions.MODEL));
    Random random = new Random(3);
    for (int i = 0; i < 30; i++) {
      String id = "x" + i;
      evaluation.predict(TestPredictions.prediction(random, id, DAY.plus(Duration.ofDays(i / 15))));
      evaluation.know(id, TestPredictions.truth(random), DAY);
    }
    evaluation.withdraw(EvaluationDriver.TOPICS.truth(), "x7", DAY.plusSeconds(1));
    evaluation.settle();
    Topics topics = EvaluationDriver.TOPICS;
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
}
