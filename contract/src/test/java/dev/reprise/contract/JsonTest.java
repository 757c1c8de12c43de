package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.AudioFile;
import dev.reprise.contract.v1.ClipPrediction;
import dev.reprise.contract.v1.Truth;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void namesAreSnakeCaseAndZerosArePrinted() {
    assertThat(Json.print(ClipPrediction.newBuilder().setTrackId("2").build()))
        .startsWith("{\"track_id\":\"2\",")
        .contains("\"clip_index\":0,")
        .contains("\"start_seconds\":0.0,")
        .contains("\"genres\":[]")
        .doesNotContain("\n");
  }

  @Test
  void zerosArePrintedAndAbsentFeaturesAreNot() {
    assertThat(Json.print(AudioFeatures.newBuilder().setAcousticness(0).build()))
        .isEqualTo("{\"acousticness\":0.0}");
  }

  @Test
  void equalMapsHaveEqualBytes() {
    Truth.Builder ascending = Truth.newBuilder();
    Truth.Builder descending = Truth.newBuilder();
    for (int i = 0; i < 224; i++) {
      ascending.putTemporalFeatures("%03d".formatted(i), i);
      descending.putTemporalFeatures("%03d".formatted(223 - i), 223 - i);
    }
    assertThat(Json.bytes(descending.build())).isEqualTo(Json.bytes(ascending.build()));
    assertThat(Json.print(descending.build())).contains("{\"000\":0.0,\"001\":1.0,");
  }

  @Test
  void bytesAreUtf8() {
    AudioFile file = AudioFile.newBuilder().setUri("file:///Björk/—.mp3").build();
    assertThat(new String(Json.bytes(file), StandardCharsets.UTF_8)).isEqualTo(Json.print(file));
    assertThat(Json.print(file)).contains("Björk");
  }

  @Test
  void recordsRoundTrip() throws Exception {
    AudioFile file = AudioFile.newBuilder().setContent(ByteString.copyFromUtf8("RIFF")).build();
    AudioFile.Builder read = AudioFile.newBuilder();
    assertThat(Json.parse(Json.bytes(file), read)).isEmpty();
    assertThat(read.build()).isEqualTo(file);
  }

  @Test
  void snakeCaseAndCamelCaseNamesAreRead() throws Exception {
    for (String name : new String[] {"track_id", "trackId"}) {
      ClipPrediction.Builder read = ClipPrediction.newBuilder();
      assertThat(Json.parse(utf8("{\"%s\":\"2\"}".formatted(name)), read)).isEmpty();
      assertThat(read.getTrackId()).isEqualTo("2");
    }
  }

  @Test
  void unknownFieldsAreIgnoredAndReturned() throws Exception {
    AudioFile.Builder read = AudioFile.newBuilder();
    assertThat(Json.parse(utf8("{\"title\":\"x\",\"uri\":\"file:///a\",\"album\":{}}"), read))
        .containsExactly("album", "title");
    assertThat(read.getUri()).isEqualTo("file:///a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "[]",
        "\"uri\"",
        "{",
        "{\"uri\":{}}",
        "{\"uri\":\"a\",\"content\":\"UklGRg==\"}",
        "{\"content\":\"~\"}"
      })
  void invalidRecordsAreRejected(String json) {
    assertThatExceptionOfType(InvalidProtocolBufferException.class)
        .isThrownBy(() -> Json.parse(utf8(json), AudioFile.newBuilder()));
  }

  @Test
  void invalidUtf8IsRejected() {
    assertThatExceptionOfType(InvalidProtocolBufferException.class)
        .isThrownBy(() -> Json.parse(new byte[] {'{', (byte) 0xff, '}'}, AudioFile.newBuilder()))
        .withMessageContaining("UTF-8");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
