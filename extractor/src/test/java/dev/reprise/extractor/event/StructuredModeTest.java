package dev.reprise.extractor.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructuredModeTest {
  private static final String ATTRIBUTES =
      "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"";

  @Test
  void attributesBecomeHeadersAndDataTheValue() throws Exception {
    Record<byte[], byte[]> event =
        open(
            "{"
                + ATTRIBUTES
                + ",\"subject\":\"träck\",\"time\":\"2026-01-02T03:04:05.5+01:00\",\"tenant\":\"x\","
                + "\"datacontenttype\":\"application/json\",\"data\":{\"uri\":\"file:///a.mp3\"}}");
    assertThat(headers(event))
        .isEqualTo(
            Map.of(
                "ce_specversion", "1.0",
                "ce_id", "1",
                "ce_source", "/s",
                "ce_type", "t",
                "ce_subject", "träck",
                "ce_time", "2026-01-02T03:04:05.5+01:00",
                "ce_tenant", "x",
                "traceparent", "00-1",
                "content-type", "application/json"));
    assertThat(event.value()).asString().isEqualTo("{\"uri\":\"file:///a.mp3\"}");
    assertThat(event.key()).asString().isEqualTo("key");
    assertThat(event.timestamp()).isEqualTo(5);
  }

  @Test
  void base64DataIsDecoded() throws Exception {
    Record<byte[], byte[]> event =
        open("{" + ATTRIBUTES + ",\"datacontenttype\":\"audio/wav\",\"data_base64\":\"UklGRg==\"}");
    assertThat(event.value()).asString().isEqualTo("RIFF");
    assertThat(headers(event)).containsEntry("content-type", "audio/wav");
  }

  @Test
  void anEventWithoutDataHasNoValue() throws Exception {
    assertThat(open("{" + ATTRIBUTES + "}").value()).isNull();
  }

  @Test
  void attributesReplaceHeadersOfTheSameName() throws Exception {
    RecordHeaders headers = structured();
    headers.add("ce_id", utf8("stale"));
    Record<byte[], byte[]> event =
        StructuredMode.toBinaryMode(
            new Record<>(utf8("key"), utf8("{" + ATTRIBUTES + "}"), 5, headers));
    assertThat(event.headers().headers("ce_id"))
        .extracting(header -> new String(header.value(), StandardCharsets.UTF_8))
        .containsExactly("1");
  }

  @Test
  void otherEventsStayAsTheyAre() throws Exception {
    Record<byte[], byte[]> binary =
        new Record<>(utf8("key"), utf8("{}"), 5, new RecordHeaders().add("ce_id", utf8("1")));
    assertThat(StructuredMode.toBinaryMode(binary)).isSameAs(binary);
    Record<byte[], byte[]> empty = new Record<>(utf8("key"), null, 5, structured());
    assertThat(StructuredMode.toBinaryMode(empty)).isSameAs(empty);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "RIFF",
        "[]",
        "{}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\"}",
        "{\"specversion\":\"9\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"a b\",\"type\":\"t\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"time\":\"x\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"A_b\":\"x\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data_base64\":\"*\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data_base64\":5}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":1,\"data_base64\":\"\"}"
      })
  void anythingElseIsRejected(String value) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> open(value))
        .withMessageStartingWith("The value is not a CloudEvent in JSON: ")
        .satisfies(rejected -> assertThat(rejected.reason()).isEqualTo(Reason.BAD_EVENT));
  }

  private static Record<byte[], byte[]> open(String value) throws RejectedException {
    return StructuredMode.toBinaryMode(new Record<>(utf8("key"), utf8(value), 5, structured()));
  }

  private static RecordHeaders structured() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("content-type", utf8("application/cloudevents+json; charset=UTF-8"));
    headers.add("traceparent", utf8("00-1"));
    return headers;
  }

  private static Map<String, String> headers(Record<byte[], byte[]> event) {
    Map<String, String> headers = new TreeMap<>();
    for (Header header : event.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    return headers;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
