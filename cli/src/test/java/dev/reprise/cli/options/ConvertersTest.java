package dev.reprise.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.extractor.source.AllowedBucket;
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
  @CsvSource({
    "music, music, ''",
    "music/, music, ''",
    "music/a/b, music, a/b",
    "My_old.x, My_old.x, ''"
  })
  void readsBuckets(String text, String bucket, String prefix) {
    assertThat(new Buckets().convert(text)).isEqualTo(new AllowedBucket(bucket, prefix));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a", "s3://music", "music?x", "*"})
  void rejectsInvalidBuckets(String text) {
    assertThatThrownBy(() -> new Buckets().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "' is not a bucket");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://minio.example:9000", "http://127.0.0.1:1/path"})
  void readsUrlsOfServers(String text) {
    assertThat(new HttpUrls().convert(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "minio:9000", "ftp://host", "https:///x", "https://k:s@host", "a b"})
  void rejectsOtherUrls(String text) {
    assertThatThrownBy(() -> new HttpUrls().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("not a URL like https://minio.example:9000, without credentials");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "x", "1.5"})
  void rejectsInvalidCounts(String text) {
    assertThatThrownBy(() -> new PositiveInteger().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'" + text + "' is not an integer of 1 or more");
  }
}
