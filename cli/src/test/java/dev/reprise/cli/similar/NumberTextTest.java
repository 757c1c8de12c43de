package dev.reprise.cli.similar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberTextTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4.1234e-7, 4.12e-07",
    "9.0e-7, 9.00e-07",
    "0.000123456, 0.000123",
    "0.045678, 0.0457",
    "0.778841, 0.779",
    "0.99961, 1.00",
    "2.0345, 2.03",
    "-0.5, -0.500",
    "251.1, 251",
    "999.7, 1000",
    "20015.08, 20015",
    "1234567, 1.23e+06"
  })
  void roundsToThreeSignificantDigits(double value, String text) {
    assertThat(NumberText.significant(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.00 %", "0.99958, 99.96 %", "0.999951, more than 99.99 %", "1, 100.00 %"})
  void printsHundredPercentOnlyOfTheWhole(double share, String text) {
    assertThat(NumberText.percent(share)).isEqualTo(text);
  }
}
