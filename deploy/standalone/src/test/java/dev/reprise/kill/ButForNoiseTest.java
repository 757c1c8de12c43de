package dev.reprise.kill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ButForNoiseTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{a:0.409615,n:3}; {a:0.409614,n:3}; true",
        "{a:106.907875}; {a:106.907883}; true",
        "{a:-0.5}; {a:-0.5}; true",
        "{a:0.409615}; {a:0.409612}; false",
        "{a:0.409615}; {a:-0.409615}; false",
        "{a:0.409615,n:3}; {a:0.409615,n:4}; false",
        "{a:0.409615}; {b:0.409615}; false",
        "{a:0.5,b:0.5}; {a:0.5}; false",
      })
  void fractionsMayDifferInTheLastDigitAndNothingElseMay(String one, String other, boolean same) {
    assertThat(ButForNoise.compare(one, other) == 0).isEqualTo(same);
  }
}
