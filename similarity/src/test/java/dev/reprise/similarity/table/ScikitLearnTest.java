package dev.reprise.similarity.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.similarity.table.GoldenDistances.Case;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with scikit-learn and scipy, by golden files. */
class ScikitLearnTest {
  private static final List<String> FEATURES = List.of("a", "b", "c", "d", "e", "f", "tempo", "h");

  static Stream<Case> tables() {
    return GoldenDistances.cases("tables.json");
  }

  static Stream<Case> places() {
    return GoldenDistances.cases("places.json");
  }

  static Stream<Case> ranks() {
    return GoldenDistances.cases("ranks.json");
  }

  private static Offset<Double> closeTo(double expected) {
    return within(1e-9 * Math.max(1, Math.abs(expected)));
  }

  private static VectorTable table(List<String> columns, double[][] values) {
    VectorTable table = new VectorTable(columns);
    for (int row = 0; row < values.length; row++) {
      table.put(row, values[row]);
    }
    return table;
  }

  @ParameterizedTest
  @MethodSource("tables")
  void distancesAgree(Case golden) {
    VectorTable table = table(FEATURES, golden.matrix("values"));
    for (Metric metric : Metric.values()) {
      if (metric != Metric.GREAT_CIRCLE) {
        assertDistances(table, metric, golden.part("distances").matrix(metric.label()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("places")
  void kilometresAgree(Case golden) {
    double[][] expected = golden.matrix("kilometres");
    for (int row = 0; row < expected.length; row++) {
      expected[row][row] = Double.NaN;
    }
    VectorTable table = table(List.of("latitude", "longitude"), golden.matrix("degrees"));
    assertDistances(table, Metric.GREAT_CIRCLE, expected);
  }

  private static void assertDistances(VectorTable table, Metric metric, double[][] expected) {
    for (int row = 0; row < expected.length; row++) {
      double[] of = expected[row];
      Distances distances = table.distances(row, metric, Tempo.LINEAR);
      assertThat(distances.rows())
          .isEqualTo(IntStream.range(0, of.length).filter(it -> !Double.isNaN(of[it])).toArray());
      for (int i = 0; i < distances.size(); i++) {
        double other = of[distances.rows()[i]];
        assertThat(distances.values()[i])
            .as(metric + " of " + row)
            .isCloseTo(other, closeTo(other));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void scalesAgree(Case golden) {
    Case expected = golden.part("scales");
    double[] variances = expected.numbers("variance");
    List<ColumnScale> scales = table(FEATURES, golden.matrix("values")).scales(Tempo.LINEAR);
    for (int column = 0; column < scales.size(); column++) {
      ColumnScale scale = scales.get(column);
      double variance = variances[column];
      assertThat(scale.count()).isEqualTo((int) expected.numbers("count")[column]);
      double mean = expected.numbers("mean")[column];
      assertThat(scale.mean()).isCloseTo(mean, closeTo(mean));
      assertThat(scale.standardDeviation())
          .isCloseTo(Math.sqrt(variance), closeTo(Math.sqrt(variance)));
      assertThat(scale.share()).isCloseTo(variance / Arrays.stream(variances).sum(), within(1e-9));
      assertThat(StandardScale.of(scale.count(), scale.mean(), variance))
          .isCloseTo(expected.numbers("scale")[column], closeTo(variance));
    }
  }

  @ParameterizedTest
  @MethodSource("ranks")
  void rankCorrelationsAgree(Case golden) {
    RankCorrelation correlation =
        ranked(golden.numbers("first")).correlate(ranked(golden.numbers("second")));
    assertThat(correlation.spearman().isPresent()).isEqualTo(golden.has("spearman"));
    if (golden.has("spearman")) {
      assertThat(correlation.spearman().getAsDouble())
          .isCloseTo(golden.number("spearman"), within(1e-9));
    }
  }

  private static RankedDistances ranked(double[] values) {
    return new RankedDistances(new Distances(IntStream.range(0, values.length).toArray(), values));
  }
}
