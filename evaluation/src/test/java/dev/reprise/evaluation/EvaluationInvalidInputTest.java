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

/** Invalid records, corrupt state, and the format of the output. */
class EvaluationInvalidInputTest extends EvaluationTestBase {
  /** The last day that a JSON timestamp can express: the end of its window could not be. */
  @Test
  void anEventAtTheEndOfTimeIsRejected() {
    evaluation.predict(energy("a", 0.5, Instant.parse("9999-12-31T12:00:00Z")));
    evaluation.flush();
    assertThat(evaluation.records(EvaluationDriver.TOPICS.deadLetters()))
        .extracting(deadLetter -> header(deadLetter, DeadLetters.REASON))
        .containsExactly("bad-prediction");
  }

  @Test
  void namesThatAreTooLongAreRejected() throws Exception {
    Prediction prediction = energy("a", 0.5, DAY);
    evaluation.predict(
        prediction.toBuilder()
            .setModel(prediction.getModel().toBuilder().setName("m".repeat(300)))
            .build());
    evaluation.predict(prediction.toBuilder().setExtractionId("e".repeat(300)).build());
    evaluation.sendTruth("a".repeat(257), energy(0.5), DAY);
    evaluation.flush();
    assertThat(evaluation.records(EvaluationDriver.TOPICS.deadLetters()))
        .extracting(deadLetter -> header(deadLetter, DeadLetters.REASON))
        .containsExactly("bad-prediction", "bad-prediction", "bad-truth");
    assertThat(evaluation.qualityWindows()).isEmpty();
  }

  /** Headers that fit with a small record may exceed the size limit with a larger one. */
  @Test
  void headersAreNotPropagated() {
    evaluation.sendTruth("a", energy(0.25), DAY);
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.flush();
    assertThat(evaluation.records(EvaluationDriver.TOPICS.quality()))
        .hasSize(1)
        .allMatch(record -> !record.headers().iterator().hasNext());
  }

  @Test
  void aCorruptWindowDoesNotAffectOthers() throws Exception {
    Instant tomorrow = DAY.plus(Duration.ofDays(1));
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.predict(energy("b", 0.25, DAY));
    evaluation.flush();
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
    evaluation.flush();
    assertThat(evaluation.qualityWindows())
        .doesNotContainKey(scope("energy", TestPredictions.MODEL, DAY))
        .containsKeys(ENERGY_SINCE_START, scope("energy", TestPredictions.MODEL, tomorrow));
  }

  /** As after a changelog topic was deleted: an observation is subtracted that the sums lack. */
  @Test
  void corruptSumsDoNotAffectOtherSeries() throws Exception {
    evaluation.predict(energy("a", 0.5, DAY));
    evaluation.flush();
    evaluation.qualityWindows().clear();
    String key = SeriesKeys.sinceStart("serving\0" + TestPredictions.MODEL + "\0energy");
    WindowState damaged = evaluation.windows().get(key).toBuilder().clearDistribution().build();
    evaluation.windows().put(key, damaged);
    evaluation.predict(energy("a", 0.75, DAY.plusSeconds(1)));
    evaluation.predict(energy("b", 0.25, DAY));
    evaluation.flush();
    assertThat(evaluation.qualityWindows())
        .doesNotContainKey(ENERGY_SINCE_START)
        .containsKey(scope("tempo", TestPredictions.MODEL));
  }

  @Test
  void invalidRecordsBecomeDeadLettersAndDoNotAffectOthers() throws Exception {
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
    evaluation.sendTruth("a", energy(0.25), DAY);
    assertThat(energySinceStart().getCount()).isEqualTo(1);

    List<TestRecord<String, byte[]>> rejected =
        evaluation.records(EvaluationDriver.TOPICS.deadLetters());
    assertThat(rejected)
        .extracting(deadLetter -> header(deadLetter, DeadLetters.REASON))
        .containsExactly(
            "bad-truth",
            "bad-truth",
            "bad-truth",
            "bad-truth",
            "bad-truth",
            "bad-prediction",
            "bad-prediction",
            "bad-prediction");
    assertThat(rejected.get(0).value()).asString(StandardCharsets.UTF_8).isEqualTo("nonsense");
    assertThat(header(rejected.get(1), DeadLetters.MESSAGE))
        .isEqualTo(
            "The truth has invalid values: audio_features.energy: 1.5 is not between 0 and"
                + " 1; audio_features.tempo: 0.0 is not between 1 and 1000.");
    assertThat(header(rejected.get(3), DeadLetters.MESSAGE))
        .isEqualTo("The truth is for track b, but the record's key is a.");
    assertThat(header(rejected.get(4), DeadLetters.MESSAGE))
        .isEqualTo("The record's key is empty; it must be the track id.");
    assertThat(header(rejected.get(0), DeadLetters.STAGE)).isEqualTo("evaluate");
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
  void outputMatchesTheSchemas() throws Exception {
    evaluation.sendReference(TestPredictions.reference(TestPredictions.MODEL));
    Random random = new Random(3);
    for (int i = 0; i < 30; i++) {
      String id = "x" + i;
      evaluation.predict(TestPredictions.prediction(random, id, DAY.plus(Duration.ofDays(i / 15))));
      evaluation.sendTruth(id, TestPredictions.truth(random), DAY);
    }
    evaluation.withdraw(EvaluationDriver.TOPICS.truth(), "x7", DAY.plusSeconds(1));
    evaluation.flush();
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
