package dev.reprise.extractor.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AudioEventParserTest {
  private static final String URI = "{\"uri\":\"file:///a.mp3\"}";

  @Test
  void theHeaderTakesPrecedenceOverTheTimeField() throws Exception {
    String dated = "{\"uri\":\"file:///a.mp3\",\"time\":\"2021-03-04T05:06:07.5Z\"}";
    assertThat(parse(dated, "ce_time", "2020-01-02T03:04:05+01:00").time())
        .contains(Instant.parse("2020-01-02T02:04:05Z"));
    assertThat(parse(dated).time()).contains(Instant.parse("2021-03-04T05:06:07.5Z"));
    assertThat(parse(URI).time()).isEmpty();
    assertThat(parse("RIFF", "content-type", "audio/wav", "ce_time", "2020-01-02T03:04:05Z").time())
        .contains(Instant.parse("2020-01-02T03:04:05Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "yesterday", "1583020800", "1965-01-01T00:00:00Z", "9998-06-01T00:00:00Z"})
  void anInvalidTimeIsRejected(String time) {
    assertRejected(URI, "ce_time", time);
    assertRejected("{\"uri\":\"file:///a.mp3\",\"time\":\"" + time + "\"}");
  }

  /** The types that the API takes. */
  @ParameterizedTest
  @ValueSource(
      strings = {"audio/flac", "video/mp4", "application/ogg", "Application/Octet-Stream; a=b"})
  void audioAndVideoAreInline(String type) throws Exception {
    assertThat(parse("RIFF", "content-type", type).source()).isInstanceOf(AudioEvent.Inline.class);
  }

  @Test
  void otherTypesAreRejected() {
    assertRejected("PK", "content-type", "application/zip");
  }

  @Test
  void theMediaTypeIsThatOfTheUri() throws Exception {
    assertThat(parse("{\"uri\":\"spool:/a\",\"media_type\":\"audio/FLAC; x=y\"}").source())
        .isEqualTo(new AudioEvent.ByUri("spool:/a", "audio/flac"));
    assertThat(parse("{\"uri\":\"spool:/a\",\"media_type\":\"text/html\"}").source())
        .isEqualTo(new AudioEvent.ByUri("spool:/a"));
  }

  private static AudioEvent parse(String value, String... headers) throws RejectedException {
    RecordHeaders all = new RecordHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return AudioEventParser.parse(value.getBytes(StandardCharsets.UTF_8), all);
  }

  private static void assertRejected(String value, String... headers) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> parse(value, headers))
        .satisfies(rejected -> assertThat(rejected.reason()).isEqualTo(Reason.BAD_EVENT));
  }
}
