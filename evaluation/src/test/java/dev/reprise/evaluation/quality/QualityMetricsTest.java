package dev.reprise.evaluation.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import dev.reprise.evaluation.v1.ErrorSumsState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with scikit-learn and SciPy, on a golden file of make_goldens.py. */
class QualityMetricsTest {
  private record GoldenFile(List<Case> cases) {}

  /**
   * A case of the golden file.
   *
   * @param expected metrics by name; null if undefined
   */
  record Case(
      String name,
      List<Double> predictions,
      List<Double> truth,
      double baseline,
      Map<String, Double> expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() throws IOException {
    String json = Files.readString(Path.of("src/test/golden/quality.json"));
    return new Gson().fromJson(json, GoldenFile.class).cases().stream();
  }

  private static List<Pair> pairs(Case golden) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < golden.truth().size(); i++) {
      pairs.add(pair(golden.predictions().get(i), golden.truth().get(i), golden.baseline()));
    }
    return pairs;
  }

  private static Pair pair(double prediction, double truth, double baseline) {
    return new Pair(
        Math.round(prediction * 1e6),
        Math.round(truth * 1e6),
        OptionalLong.of(Math.round(baseline * 1e6)),
        250);
  }

  private static ErrorSumsState sums(List<Pair> pairs) {
    ErrorSumsState sums = ErrorSumsState.getDefaultInstance();
    for (Pair pair : pairs) {
      sums = ErrorSums.update(sums, pair, 1);
    }
    return sums;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithScikitLearnAndScipy(Case golden) {
    Map<String, Double> expected = golden.expected();
    ErrorSumsState sums = sums(pairs(golden));
    assertThat((double) sums.getCount()).isEqualTo(expected.get("count"));
    if (sums.getCount() == 0) {
      return;
    }
    QualityMetrics metrics = QualityMetrics.of(sums);
    assertClose(OptionalDouble.of(metrics.mae()), expected, "mae");
    assertClose(OptionalDouble.of(metrics.rmse()), expected, "rmse");
    assertClose(OptionalDouble.of(metrics.bias()), expected, "bias");
    assertClose(metrics.r2(), expected, "r2");
    assertClose(metrics.pearson(), expected, "pearson");
    assertClose(metrics.baselineMae(), expected, "baseline_mae");
    assertClose(metrics.baselineRmse(), expected, "baseline_rmse");
    assertThat(metrics.truthLagSeconds()).isCloseTo(0.25, within(1e-12));
    if (expected.containsKey("within_4_percent")) {
      assertClose(OptionalDouble.of(metrics.within()), expected, "within_4_percent");
      assertClose(
          OptionalDouble.of(metrics.withinOrOctave()), expected, "within_4_percent_or_octave");
      // Half a prediction is rounded to a millionth.
      assertThat(metrics.octaveMae()).isCloseTo(expected.get("octave_mae"), within(1e-6));
    }
  }

  private static void assertClose(
      OptionalDouble actual, Map<String, Double> expected, String name) {
    Double value = expected.get(name);
    assertThat(actual.isPresent()).as(name).isEqualTo(value != null);
    if (value != null) {
      assertThat(actual.getAsDouble())
          .as(name)
          .isCloseTo(value, within(Math.max(1e-12, 1e-9 * Math.abs(value))));
    }
  }

  @Test
  void sumsDependNeitherOnTheOrderNorOnRetractions() {
    Random random = new Random(4);
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      pairs.add(pair(60 + 200 * random.nextDouble(), 60 + 200 * random.nextDouble(), 120));
    }
    ErrorSumsState expected = sums(pairs.subList(0, 1_000));
    Collections.shuffle(pairs.subList(0, 1_000), random);
    ErrorSumsState sums = sums(pairs);
    Collections.shuffle(pairs.subList(1_000, 2_000), random);
    for (Pair pair : pairs.subList(1_000, 2_000)) {
      sums = ErrorSums.update(sums, pair, -1);
    }
    assertThat(sums).isEqualTo(expected);
    // A tempo's square in millionths is about 1e16: a thousand of them overflow a long.
    assertThat(ErrorSums.integer(sums.getTruthSquares()).bitLength()).isGreaterThan(63);
  }

  @Test
  void subtractingEverythingLeavesZero() {
    Pair pair = pair(120, 60, 90);
    ErrorSumsState sums = ErrorSums.update(sums(List.of(pair)), pair, -1);
    assertThat(sums.getCount()).isZero();
    assertThat(ErrorSums.integer(sums.getProducts()).signum()).isZero();
    assertThat(sums.getAbsoluteError()).isZero();
  }

  @Test
  void withoutABaselineItsMetricsAreAbsent() {
    Pair without = new Pair(500_000, 250_000, OptionalLong.empty(), 0);
    QualityMetrics metrics = QualityMetrics.of(sums(List.of(without)));
    assertThat(metrics.baselineMae()).isEmpty();
    assertThat(metrics.baselineRmse()).isEmpty();
    assertThat(metrics.mae()).isEqualTo(0.25);
  }
}
