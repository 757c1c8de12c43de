package dev.reprise.evaluation.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.evaluation.GoldenCases;
import dev.reprise.evaluation.GoldenCases.Case;
import dev.reprise.evaluation.v1.ErrorSumsState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with scikit-learn and SciPy, on golden files. */
class QualityMetricsTest {

  static Stream<Case> cases() {
    return GoldenCases.cases("quality.json");
  }

  private static List<Pair> pairs(Case golden) {
    double[] predictions = golden.numbers("predictions");
    double[] truth = golden.numbers("truth");
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < truth.length; i++) {
      pairs.add(pair(predictions[i], truth[i], golden.number("baseline")));
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
    Case expected = golden.part("expected");
    ErrorSumsState sums = sums(pairs(golden));
    assertThat(sums.getCount()).isEqualTo((long) expected.number("count"));
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
    if (expected.has("within_4_percent")) {
      assertClose(OptionalDouble.of(metrics.within()), expected, "within_4_percent");
      assertClose(
          OptionalDouble.of(metrics.withinOrOctave()), expected, "within_4_percent_or_octave");
      // Half a prediction is rounded to a millionth.
      assertThat(metrics.octaveMae()).isCloseTo(expected.number("octave_mae"), within(1e-6));
    }
  }

  private static void assertClose(OptionalDouble actual, Case expected, String name) {
    assertThat(actual.isPresent()).as(name).isEqualTo(expected.has(name));
    if (actual.isPresent()) {
      double value = expected.number(name);
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
