package dev.reprise.similarity.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class VectorTableTest {
  private static final List<String> COLUMNS = List.of("a", "b", "tempo", "c", "d");
  private static final int ROWS = 3 * Chunk.ROWS;
  private static final double NONE = Double.NaN;

  private final VectorTable table = new VectorTable(COLUMNS);

  private List<Match> nearest(int row, Metric metric, Tempo tempo, int k) {
    return table.nearest(row, metric, tempo, k, Integer::toString).matches();
  }

  /** Puts, changes and removes rows at random, with searches in between. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "GREAT_CIRCLE")
  void resultsMatchANaiveSearch(Metric metric) {
    Random random = new Random(metric.ordinal());
    NaiveTable naive = new NaiveTable();
    for (int round = 0; round < 12; round++) {
      for (int i = 0; i < 40; i++) {
        change(naive, random, round < 4 ? 0 : 0.1 * (round - 3));
      }
      assertThat(table.size()).isEqualTo(naive.rows.size());
      assertThat(table.complete())
          .isEqualTo(
              (int)
                  naive.rows.values().stream()
                      .filter(it -> Arrays.stream(it).noneMatch(Double::isNaN))
                      .count());
      for (int row : naive.rows.keySet()) {
        assertSame(nearest(row, metric, Tempo.LINEAR, 5), naive.nearest(row, metric));
      }
    }
  }

  private void change(NaiveTable naive, Random random, double missing) {
    int row = random.nextInt(60) * (ROWS / 60);
    double[] values =
        random
            .doubles(COLUMNS.size(), 0.1, 1)
            .map(it -> random.nextDouble() < missing ? NONE : it)
            .toArray();
    if (random.nextInt(4) == 0 || Arrays.stream(values).allMatch(Double::isNaN)) {
      table.remove(row);
      naive.rows.remove(row);
    } else {
      table.put(row, values);
      naive.rows.put(row, values);
    }
  }

  /** Rows whose distances differ only by rounding may come in either order. */
  private static void assertSame(List<Match> found, List<Match> all) {
    assertThat(found).hasSize(Math.min(5, all.size()));
    for (int i = 0; i < found.size(); i++) {
      Match match = found.get(i);
      assertThat(match.distance()).isCloseTo(all.get(i).distance(), within(1e-9));
      assertThat(all)
          .filteredOn(it -> it.row() == match.row())
          .first()
          .satisfies(it -> assertThat(it.distance()).isCloseTo(match.distance(), within(1e-9)));
    }
  }

  /** Equal vectors, in a complete chunk and in a chunk with missing values. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "GREAT_CIRCLE")
  void tiesAreOrderedById(Metric metric) {
    double[] same = {0.3, 0.7, 97, 0.2, 0.9};
    for (int row : new int[] {5, 30, 200, Chunk.ROWS + 1, 2 * Chunk.ROWS + 9}) {
      table.put(row, same);
    }
    table.put(2 * Chunk.ROWS, new double[] {0.1, NONE, 180, 0.4, 0.1});
    table.put(0, new double[] {0.4, 0.6, 100, 0.1, 0.95});
    assertThat(nearest(0, metric, Tempo.LINEAR, 3))
        .extracting(Match::row)
        .containsExactly(1025, 200, 2057);
    assertThat(nearest(0, metric, Tempo.LINEAR, 5))
        .extracting(Match::row)
        .containsExactly(1025, 200, 2057, 30, 5);
    assertThat(nearest(0, metric, Tempo.LINEAR, 5))
        .extracting(Match::distance)
        .containsOnly(nearest(0, metric, Tempo.LINEAR, 1).get(0).distance());
  }

  @Test
  void octavesCoincideOnTheCircleAndHalfAnOctaveIsAtDistanceOne() {
    double[] bpm = {93.7, 187.4, 46.85, 374.8, 93.7 * Math.sqrt(2)};
    for (int row = 0; row < bpm.length; row++) {
      table.put(row, new double[] {0.5, 0.5, bpm[row], 0.5, 0.5});
    }
    List<Match> found = nearest(0, Metric.EUCLIDEAN, Tempo.CIRCULAR, 4);
    assertThat(found).extracting(Match::row).containsExactly(1, 2, 3, 4);
    assertThat(found.subList(0, 3)).extracting(Match::distance).containsOnly(0.0);
    assertThat(found.get(3).distance()).isCloseTo(1, within(1e-12));
    assertThat(nearest(0, Metric.EUCLIDEAN, Tempo.LINEAR, 4).get(0).row()).isEqualTo(4);
  }

  /** The standardised metrics divide both coordinates by the same scale. */
  @Test
  void standardisationKeepsTheCircleRound() {
    double[] bpm = {60, 61, 66, 70, 79};
    double[] x = Arrays.stream(bpm).map(Tempo::x).toArray();
    double[] y = Arrays.stream(bpm).map(Tempo::y).toArray();
    for (int row = 0; row < bpm.length; row++) {
      table.put(row, new double[] {0.5, 0.5, bpm[row], 0.5, 0.5});
    }
    double scale = Math.sqrt(ColumnStatistics.of(x).variance() + ColumnStatistics.of(y).variance());
    Distances distances = table.distances(0, Metric.STANDARDISED_EUCLIDEAN, Tempo.CIRCULAR);
    for (int row = 1; row < bpm.length; row++) {
      assertThat(distances.values()[row - 1])
          .isCloseTo(Math.hypot(x[row] - x[0], y[row] - y[0]) / scale, within(1e-12));
    }
    assertThat(table.scales(Tempo.CIRCULAR).get(2).share()).isEqualTo(1);
  }

  /** A tempo counts as one column by either scale. */
  @Test
  void missingTempoIsOneMissingColumn() {
    table.put(0, new double[] {0.1, 0.2, 90, 0.3, NONE});
    table.put(1, new double[] {0.1, 0.2, NONE, 0.7, 0.4});
    table.put(2, new double[] {NONE, NONE, 90, NONE, 0.4});
    table.put(3, new double[] {0.1, 0.2, 0, 0.7, 0.4});
    for (Tempo tempo : Tempo.values()) {
      List<Match> found = nearest(0, Metric.EUCLIDEAN, tempo, 3);
      assertThat(found).extracting(Match::row).containsExactly(1, 3);
      assertThat(found.get(0).distance()).isCloseTo(0.4 * Math.sqrt(5.0 / 3), within(1e-12));
    }
    assertThat(table.shared(0, 1)).isEqualTo(3);
    assertThat(table.values(3)[2]).isNaN();
  }

  @Test
  void removedRowsAreEmptyAndCanBePutAgain() {
    double[] values = {1, 2, 120, 3, 4};
    table.put(7, values);
    table.put(8, values);
    table.remove(8);
    table.remove(8);
    table.put(9, new double[] {NONE, NONE, NONE, NONE, NONE});
    assertThat(table.has(8)).isFalse();
    assertThat(table.has(9)).isFalse();
    assertThat(table.size()).isEqualTo(1);
    assertThat(nearest(7, Metric.COSINE, Tempo.LINEAR, 1)).isEmpty();
    table.put(8, values);
    assertThat(nearest(7, Metric.COSINE, Tempo.LINEAR, 1))
        .extracting(Match::row)
        .containsExactly(8);
    table.remove(7);
    table.remove(8);
    assertThat(table.size()).isZero();
    assertThat(table.scales(Tempo.LINEAR)).isEmpty();
    assertThat(table.values(7)).containsOnly(NONE);
  }

  @Test
  void scalesFollowEveryChange() {
    table.put(0, new double[] {1, 5, 60, NONE, 0});
    table.put(Chunk.ROWS, new double[] {3, 5, 60, NONE, 0});
    assertThat(table.scales(Tempo.LINEAR).get(0)).isEqualTo(new ColumnScale("a", 2, 1, 3, 2, 1, 1));
    assertThat(table.scales(Tempo.LINEAR))
        .extracting(ColumnScale::column)
        .containsExactly("a", "b", "tempo", "d");
    table.put(0, new double[] {5, 5, 60, NONE, 2});
    ColumnScale a = table.scales(Tempo.LINEAR).get(0);
    assertThat(a.mean()).isEqualTo(4);
    assertThat(a.share()).isEqualTo(0.5);
  }

  @Test
  void invalidArgumentsAreRejected() {
    assertThatThrownBy(() -> table.put(0, new double[3]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> table.distances(0, Metric.COSINE, Tempo.LINEAR))
        .isInstanceOf(IllegalArgumentException.class);
    table.put(0, new double[] {1, 2, 3, 4, 5});
    assertThatThrownBy(() -> table.distances(0, Metric.GREAT_CIRCLE, Tempo.LINEAR))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new VectorTable(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void distancesOfTinyNumbersStayInRange() {
    table.put(0, new double[] {1e-200, 1e-200, 1e-99, 1e-200, 1e-200});
    table.put(1, new double[] {1e-200, 1e-200, 1e-99, 1e-200, -1e-200});
    table.put(2, new double[] {1e100, 1e100, 1e100, 1e100, 1e100});
    for (Metric metric : List.of(Metric.COSINE, Metric.STANDARDISED_COSINE)) {
      assertThat(nearest(0, metric, Tempo.LINEAR, 2))
          .hasSize(2)
          .allSatisfy(it -> assertThat(it.distance()).isBetween(0.0, 2.0));
    }
    assertThat(nearest(0, Metric.EUCLIDEAN, Tempo.LINEAR, 2))
        .allSatisfy(it -> assertThat(it.distance()).isFinite());
  }
}
