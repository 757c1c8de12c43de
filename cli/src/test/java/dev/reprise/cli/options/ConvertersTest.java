package dev.reprise.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ConvertersTest {
  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "30s, PT30S", "15m, PT15M", "2h, PT2H", "400d, PT9600H", "0s, PT0S"})
  void readsDurations(String text, Duration expected) {
    assertThat(new Durations().convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "-1s", "1.5h", "2 h", "1w"})
  void rejectsInvalidDurations(String text) {
    assertThatThrownBy(() -> new Durations().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "' is not a duration");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1048576, 1048576", "512KiB, 524288", "64MiB, 67108864", "2GiB, 2147483648"})
  void readsSizes(String text, long expected) {
    assertThat(new ByteSizes().convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1MB", "1.5MiB", "1 MiB"})
  void rejectsInvalidSizes(String text) {
    assertThatThrownBy(() -> new ByteSizes().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "' is not a size");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "x", "1.5"})
  void rejectsInvalidCounts(String text) {
    assertThatThrownBy(() -> new PositiveInteger().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'" + text + "' is not an integer of 1 or more");
  }
}
