package dev.reprise.extractor.mfcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.extractor.golden.GoldenSignals;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MelFilterBankTest {

  /** Rows of every length at every position, runs of eight and their remainders included. */
  @Property(tries = 300, seed = "20241127")
  void sparseEqualsDense(
      @ForAll @IntRange(min = 0, max = 39) int first,
      @ForAll @IntRange(min = 0, max = 40) int length) {
    int bins = 40;
    float[] values = GoldenSignals.of("noise", 22_050, 2, bins)[0];
    double[][] dense = new double[3][bins];
    for (int bin = first; bin < Math.min(bins, first + length); bin++) {
      dense[1][bin] = 0.1 + bin;
    }
    dense[2][bins - 1] = 2;
    double expected = 0;
    for (int bin = 0; bin < bins; bin++) {
      expected += dense[1][bin] * values[bin];
    }
    float[] mel = {9, 9, 9};
    new MelFilterBank(dense).apply(values, mel);
    assertThat(mel[0]).isZero();
    assertThat((double) mel[1]).isCloseTo(expected, within(1e-4));
    assertThat(mel[2]).isEqualTo(2 * values[bins - 1]);
  }

  @Test
  void melScaleIsItsOwnInverse() {
    for (double hz = 0; hz <= 11_025; hz += 12.5) {
      assertThat(MelScale.toHz(MelScale.toMel(hz))).isCloseTo(hz, within(1e-8));
    }
  }

  /** Slaney's normalisation: the area under each triangle is the same, in hertz. */
  @Test
  void everyBandHasUnitArea() {
    float[] flat = new float[1025];
    java.util.Arrays.fill(flat, 1);
    float[] mel = new float[128];
    MelFilterBank.slaney(22_050, 2048, 128, 0, 11_025).apply(flat, mel);
    double hzPerBin = 22_050 / 2048.0;
    for (int band = 0; band < 128; band++) {
      // Low bands span few bins, so the sum only approximates the area.
      assertThat(mel[band] * hzPerBin).isCloseTo(1, within(0.2));
    }
  }
}
