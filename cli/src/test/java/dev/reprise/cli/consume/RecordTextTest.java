package dev.reprise.cli.consume;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RecordTextTest {
  @Test
  void printsJsonUnchanged() {
    assertThat(RecordText.json(record("{\"a\":0.0}".getBytes(StandardCharsets.UTF_8)), false))
        .isEqualTo("{\"a\":0.0}");
  }

  @Test
  void printsMultiLineJsonOnOneLine() {
    assertThat(
            RecordText.json(record("{\n\t\"a\": 0\r\n}\n".getBytes(StandardCharsets.UTF_8)), false))
        .isEqualTo("{ \"a\": 0 }");
  }

  @Test
  void describesAudioBytes() {
    assertThat(RecordText.json(record(new byte[] {'I', 'D', '3', (byte) 0xff}), false))
        .isEqualTo(
            "{\"topic\":\"t\",\"partition\":1,\"offset\":\"7\",\"key\":\"2\",\"value_bytes\":4}");
  }

  @Test
  void leavesCoefficientsOut() {
    MfccRecord clip =
        MfccRecord.newBuilder()
            .setClip(
                MfccClip.newBuilder()
                    .setIndex(3)
                    .setNFrames(1)
                    .setCoefficients(ByteString.copyFrom(new byte[80])))
            .build();
    assertThat(RecordText.json(record(clip.toByteArray()), true))
        .contains("\"index\":3")
        .contains("\"coefficient_bytes\":80")
        .doesNotContain("AAAA");
  }

  private static ConsumerRecord<byte[], byte[]> record(byte[] value) {
    return new ConsumerRecord<>("t", 1, 7, "2".getBytes(StandardCharsets.UTF_8), value);
  }
}
