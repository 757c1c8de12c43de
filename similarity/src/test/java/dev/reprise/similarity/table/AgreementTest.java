package dev.reprise.similarity.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.hipparchus.stat.correlation.SpearmansCorrelation;
import org.junit.jupiter.api.Test;

class AgreementTest {
  @Test
  void correlationCoversTheRowsThatBothHave() {
    Random random = new Random(1);
    double[] first = random.ints(100, 0, 20).asDoubleStream().toArray();
    double[] second = random.ints(100, 0, 20).asDoubleStream().toArray();
    int[] even = IntStream.range(0, 50).map(it -> 2 * it).toArray();
    int[] third = IntStream.range(0, 34).map(it -> 3 * it).toArray();
    int[] sixth = IntStream.range(0, 17).map(it -> 6 * it).toArray();
    RankCorrelation correlation = ranked(even, first).correlate(ranked(third, second));
    assertThat(correlation.rows()).isEqualTo(17);
    assertThat(correlation.spearman().getAsDouble())
        .isCloseTo(
            new SpearmansCorrelation().correlation(at(sixth, first), at(sixth, second)),
            within(1e-12));
  }

  private static RankedDistances ranked(int[] rows, double[] values) {
    return new RankedDistances(new Distances(rows, at(rows, values)));
  }

  private static double[] at(int[] rows, double[] values) {
    return Arrays.stream(rows).mapToDouble(it -> values[it]).toArray();
  }

  @Test
  void twoRowsHaveNoCorrelation() {
    RankedDistances two = ranked(new int[] {0, 1}, new double[] {1, 2});
    assertThat(two.correlate(two).spearman()).isEmpty();
    assertThat(two.correlate(two).rows()).isEqualTo(2);
  }

  @Test
  void overlapIsTheShareOfTheLongerList() {
    assertThat(Overlap.of(List.of("a", "b", "c", "d"), List.of("d", "x", "a"))).isEqualTo(0.5);
    assertThat(Overlap.of(List.of("a"), List.of("a"))).isEqualTo(1);
    assertThat(Overlap.of(List.of("a"), List.of())).isZero();
    assertThat(Overlap.of(List.of(), List.of())).isZero();
  }

  @Test
  void labelsAreHyphenated() {
    assertThat(Metric.STANDARDISED_EUCLIDEAN.label()).isEqualTo("standardised-euclidean");
    assertThat(Tempo.CIRCULAR.label()).isEqualTo("circular");
  }
}
