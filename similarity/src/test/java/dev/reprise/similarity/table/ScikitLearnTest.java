package dev.reprise.similarity.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with scikit-learn and scipy, by golden files of make_goldens.py. */
class ScikitLearnTest {
  private static final List<String> FEATURES = List.of("a", "b", "c", "d", "e", "f", "tempo", "h");

  /**
   * A case of tables.json.
   *
   * @param values [rows][columns]; null if missing
   * @param scales statistics of the columns, by name
   * @param distances [rows][rows] by metric; null if undefined
   */
  record Table(
      String name,
      List<List<Double>> values,
      Map<String, List<Double>> scales,
      Map<String, List<List<Double>>> distances) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A case of places.json. */
  record Places(String name, List<List<Double>> degrees, List<List<Double>> kilometres) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A case of ranks.json. */
  record Ranks(String name, List<Double> first, List<Double> second, @Nullable Double spearman) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Table> tables() throws IOException {
    return cases("tables.json", Table.class);
  }

  static Stream<Places> places() throws IOException {
    return cases("places.json", Places.class);
  }

  static Stream<Ranks> ranks() throws IOException {
    return cases("ranks.json", Ranks.class);
  }

  private static <T> Stream<T> cases(String file, Class<T> type) throws IOException {
    Gson gson = new Gson();
    String json = Files.readString(Path.of("src/test/golden", file));
    return JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("cases").asList().stream()
        .map(golden -> gson.fromJson(golden, type));
  }

  /** Returns a matrix, with NaN for null. */
  private static double[][] matrix(List<List<Double>> rows) {
    return rows.stream().map(ScikitLearnTest::numbers).toArray(double[][]::new);
  }

  private static double[] numbers(List<Double> values) {
    return values.stream().mapToDouble(it -> it == null ? Double.NaN : it).toArray();
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
  void distancesAgree(Table golden) {
    VectorTable table = table(FEATURES, matrix(golden.values()));
    for (Metric metric : Metric.values()) {
      if (metric != Metric.GREAT_CIRCLE) {
        List<List<Double>> expected = golden.distances().get(metric.label());
        assertDistances(table, metric, matrix(Objects.requireNonNull(expected)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("places")
  void kilometresAgree(Places golden) {
    double[][] expected = matrix(golden.kilometres());
    for (int row = 0; row < expected.length; row++) {
      expected[row][row] = Double.NaN;
    }
    VectorTable table = table(List.of("latitude", "longitude"), matrix(golden.degrees()));
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
  void scalesAgree(Table golden) {
    double[] variances = scales(golden, "variance");
    List<ColumnScale> scales = table(FEATURES, matrix(golden.values())).scales(Tempo.LINEAR);
    for (int column = 0; column < scales.size(); column++) {
      ColumnScale scale = scales.get(column);
      double variance = variances[column];
      assertThat(scale.count()).isEqualTo((int) scales(golden, "count")[column]);
      double mean = scales(golden, "mean")[column];
      assertThat(scale.mean()).isCloseTo(mean, closeTo(mean));
      assertThat(scale.standardDeviation())
          .isCloseTo(Math.sqrt(variance), closeTo(Math.sqrt(variance)));
      assertThat(scale.share()).isCloseTo(variance / Arrays.stream(variances).sum(), within(1e-9));
      assertThat(StandardScale.of(scale.count(), scale.mean(), variance))
          .isCloseTo(scales(golden, "scale")[column], closeTo(variance));
    }
  }

  private static double[] scales(Table golden, String statistic) {
    return numbers(Objects.requireNonNull(golden.scales().get(statistic)));
  }

  @ParameterizedTest
  @MethodSource("ranks")
  void rankCorrelationsAgree(Ranks golden) {
    RankCorrelation correlation =
        ranked(numbers(golden.first())).correlate(ranked(numbers(golden.second())));
    assertThat(correlation.spearman().isPresent()).isEqualTo(golden.spearman() != null);
    if (golden.spearman() != null) {
      assertThat(correlation.spearman().getAsDouble()).isCloseTo(golden.spearman(), within(1e-9));
    }
  }

  private static RankedDistances ranked(double[] values) {
    return new RankedDistances(new Distances(IntStream.range(0, values.length).toArray(), values));
  }
}
