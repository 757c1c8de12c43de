package dev.reprise.evaluation.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.evaluation.GoldenCases;
import dev.reprise.evaluation.GoldenCases.Case;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with SciPy, on golden files. */
class DriftMeasuresTest {
  private static final Binning SHARES = new Binning(0, 1);

  static Stream<Case> cases() {
    return GoldenCases.cases("drift.json");
  }

  private static Binning binning(Case golden) {
    return new Binning(golden.number("minimum"), golden.number("maximum"));
  }

  private static Histogram histogram(Case golden, String name) {
    return new Histogram(binning(golden), golden.counts(name, Binning.BINS));
  }

  private static Offset<Double> closeTo(double expected) {
    return within(Math.max(1e-12, 1e-9 * Math.abs(expected)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithScipyOnBinnedValues(Case golden) {
    DriftMeasures measures =
        DriftMeasures.between(histogram(golden, "reference"), histogram(golden, "current"));
    Case binned = golden.part("binned");
    assertThat(measures.psi()).isCloseTo(binned.number("psi"), closeTo(binned.number("psi")));
    assertThat(measures.ks()).isCloseTo(binned.number("ks"), closeTo(binned.number("ks")));
    assertThat(measures.wasserstein())
        .isCloseTo(binned.number("wasserstein"), closeTo(binned.number("wasserstein")));
    // Near 0 it is the square root of a rounding error.
    assertThat(measures.jensenShannon()).isCloseTo(binned.number("jensen_shannon"), within(1e-7));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithScipyOnRawValuesWithinOneBin(Case golden) {
    DriftMeasures measures =
        DriftMeasures.between(histogram(golden, "reference"), histogram(golden, "current"));
    Case raw = golden.part("raw");
    assertThat(measures.ks())
        .isCloseTo(raw.number("ks"), within(raw.number("ks_tolerance") + 1e-12));
    assertThat(measures.wasserstein())
        .isCloseTo(raw.number("wasserstein"), within(raw.number("wasserstein_tolerance") + 1e-12));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void binsValuesAsPythonDoes(Case golden) {
    for (String name : new String[] {"reference", "current"}) {
      if (golden.has(name + "_values")) {
        long[] counts = new long[Binning.BINS];
        for (double value : golden.numbers(name + "_values")) {
          counts[binning(golden).bin(value)]++;
        }
        assertThat(counts).isEqualTo(golden.counts(name, Binning.BINS));
      }
    }
  }

  /** The expectation for samples from one source that docs/EVALUATION.md states. */
  @Test
  void psiOfOneSourceIsTheSumOfNineOverTheSampleSizes() {
    Random random = new Random(6);
    double sum = 0;
    int repeats = 300;
    for (int i = 0; i < repeats; i++) {
      sum += DriftMeasures.between(sample(random, 400), sample(random, 200)).psi();
    }
    assertThat(sum / repeats).isCloseTo(9.0 / 400 + 9.0 / 200, within(0.007));
  }

  private static Histogram sample(Random random, int size) {
    long[] counts = new long[Binning.BINS];
    for (int i = 0; i < size; i++) {
      counts[SHARES.bin(0.5 + 0.1 * random.nextGaussian())]++;
    }
    return new Histogram(SHARES, counts);
  }

  @Test
  void outermostBinsCountValuesOutOfRange() {
    assertThat(Stream.of(-7.0, 0.0, 1.0, 7.0).map(SHARES::bin))
        .containsExactly(0, 0, Binning.BINS - 1, Binning.BINS - 1);
    assertThat(SHARES.contains(1)).isTrue();
    assertThat(SHARES.contains(Math.nextUp(1.0))).isFalse();
  }

  @Test
  void emptyAndIncompatibleHistogramsAreRejected() {
    Histogram empty = new Histogram(SHARES, new long[Binning.BINS]);
    long[] ones = new long[Binning.BINS];
    Arrays.fill(ones, 1);
    Histogram full = new Histogram(SHARES, ones);
    Histogram elsewhere = new Histogram(new Binning(0, 2), ones);
    for (Histogram other : new Histogram[] {empty, elsewhere}) {
      assertThatThrownBy(() -> DriftMeasures.between(full, other))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> DriftMeasures.between(other, full))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> empty.minus(full)).isInstanceOf(IllegalArgumentException.class);
  }
}
