package dev.reprise.evaluation.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with SciPy, on a golden file of make_goldens.py. */
class DriftMeasuresTest {
  private static final Binning SHARES = new Binning(0, 1);

  private record GoldenFile(List<Case> cases) {}

  /**
   * A case of the golden file.
   *
   * @param reference pairs of a bin and its count, of the bins that are not empty
   * @param current in the same form
   */
  record Case(
      String name,
      double minimum,
      double maximum,
      List<List<Integer>> reference,
      List<List<Integer>> current,
      @Nullable List<Double> referenceValues,
      @Nullable List<Double> currentValues,
      Binned binned,
      Raw raw) {
    @Override
    public String toString() {
      return name;
    }
  }

  record Binned(double psi, double ks, double wasserstein, double jensenShannon) {}

  record Raw(double ks, double ksTolerance, double wasserstein, double wassersteinTolerance) {}

  static Stream<Case> cases() throws IOException {
    Gson gson =
        new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .create();
    String json = Files.readString(Path.of("src/test/golden/drift.json"));
    return gson.fromJson(json, GoldenFile.class).cases().stream();
  }

  private static Binning binning(Case golden) {
    return new Binning(golden.minimum(), golden.maximum());
  }

  private static Histogram reference(Case golden) {
    return new Histogram(binning(golden), counts(golden.reference()));
  }

  private static Histogram current(Case golden) {
    return new Histogram(binning(golden), counts(golden.current()));
  }

  private static long[] counts(List<List<Integer>> pairs) {
    long[] counts = new long[Binning.BINS];
    pairs.forEach(pair -> counts[pair.get(0)] = pair.get(1));
    return counts;
  }

  private static Offset<Double> closeTo(double expected) {
    return within(Math.max(1e-12, 1e-9 * Math.abs(expected)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithScipyOnBinnedValues(Case golden) {
    DriftMeasures measures = DriftMeasures.between(reference(golden), current(golden));
    Binned binned = golden.binned();
    assertThat(measures.psi()).isCloseTo(binned.psi(), closeTo(binned.psi()));
    assertThat(measures.ks()).isCloseTo(binned.ks(), closeTo(binned.ks()));
    assertThat(measures.wasserstein())
        .isCloseTo(binned.wasserstein(), closeTo(binned.wasserstein()));
    // Near 0 it is the square root of a rounding error.
    assertThat(measures.jensenShannon()).isCloseTo(binned.jensenShannon(), within(1e-7));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithScipyOnRawValuesWithinOneBin(Case golden) {
    DriftMeasures measures = DriftMeasures.between(reference(golden), current(golden));
    Raw raw = golden.raw();
    assertThat(measures.ks()).isCloseTo(raw.ks(), within(raw.ksTolerance() + 1e-12));
    assertThat(measures.wasserstein())
        .isCloseTo(raw.wasserstein(), within(raw.wassersteinTolerance() + 1e-12));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void binsValuesAsPythonDoes(Case golden) {
    assertBins(golden, golden.referenceValues(), golden.reference());
    assertBins(golden, golden.currentValues(), golden.current());
  }

  private static void assertBins(
      Case golden, @Nullable List<Double> values, List<List<Integer>> expected) {
    if (values != null) {
      long[] counts = new long[Binning.BINS];
      values.forEach(value -> counts[binning(golden).bin(value)]++);
      assertThat(counts).isEqualTo(counts(expected));
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
