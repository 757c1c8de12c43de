package dev.reprise.extractor.mfcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class DecibelsTest {
  @Property(seed = "20241127")
  void logarithmIsAccurate(@ForAll @DoubleRange(min = -10, max = 10) double exponent) {
    float x = (float) Math.pow(10, exponent);
    double exact = Math.log(x) / Math.log(2);
    assertThat((double) Decibels.log2(x)).isCloseTo(exact, within(2e-7 + Math.ulp((float) exact)));
  }

  @Test
  void logarithmOfPowersOfTwoIsExact() {
    for (int e = -40; e <= 40; e++) {
      assertThat(Decibels.log2((float) Math.pow(2, e))).isEqualTo(e);
    }
  }

  @Test
  void valuesAreClippedToTheRangeBelowTheLoudest() {
    float[] values = {100, 1e-3f, 1e-9f, 0};
    new Decibels(1e-10, 80).convert(values, 1, 4, 4);
    assertThat(values).containsExactly(new float[] {20, -30, -60, -60}, within(1e-4f));
  }

  @Test
  void silenceIsTheMinimumPower() {
    float[] values = {0, 0};
    new Decibels(1e-10, 80).convert(values, 1, 2, 2);
    assertThat(values).containsExactly(new float[] {-100, -100}, within(1e-4f));
  }

  @Test
  void valuesBeyondTheColumnsAreUnchanged() {
    float[] values = {1, 5, 1, 5};
    new Decibels(1e-10, 80).convert(values, 2, 1, 2);
    assertThat(values).containsExactly(0, 5, 0, 5);
  }
}
