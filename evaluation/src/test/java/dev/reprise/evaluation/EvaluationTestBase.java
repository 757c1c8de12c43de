package dev.reprise.evaluation;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.QualityWindow;
import dev.reprise.contract.v1.Scope;
import dev.reprise.contract.v1.Truth;
import dev.reprise.evaluation.windows.WindowConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Creates the topology without a broker for each test. */
abstract class EvaluationTestBase {
  static final WindowConfig CONFIG = new WindowConfig(Duration.ofDays(1), Duration.ofDays(30), 10);
  static final Instant DAY = TestPredictions.DAY;
  static final Scope ENERGY_SINCE_START = scope("energy", TestPredictions.MODEL);

  @TempDir Path folder;

  EvaluationDriver evaluation;

  @BeforeEach
  void start() {
    evaluation = new EvaluationDriver(CONFIG, folder);
  }

  @AfterEach
  void close() {
    evaluation.close();
  }

  static Scope scope(String feature, String model) {
    return Scope.newBuilder().setFeature(feature).setModel(model).setRole("serving").build();
  }

  static Scope scope(String feature, String model, Instant windowStart) {
    return scope(feature, model).toBuilder()
        .setWindowStart(Timestamps.fromMillis(windowStart.toEpochMilli()))
        .setWindowEnd(Timestamps.fromMillis(windowStart.plus(CONFIG.window()).toEpochMilli()))
        .build();
  }

  static Prediction energy(String trackId, double energy, Instant eventTime) {
    return TestPredictions.prediction(new Random(1), trackId, eventTime).toBuilder()
        .setFeatures(AudioFeatures.newBuilder().setEnergy(energy))
        .build();
  }

  static Truth energy(double energy) {
    return Truth.newBuilder()
        .setAudioFeatures(AudioFeatures.newBuilder().setEnergy(energy))
        .build();
  }

  QualityWindow energySinceStart() throws Exception {
    evaluation.flush();
    return quality(ENERGY_SINCE_START);
  }

  QualityWindow quality(Scope scope) throws Exception {
    return Objects.requireNonNull(evaluation.qualityWindows().get(scope), scope.toString());
  }

  static String header(TestRecord<String, byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
