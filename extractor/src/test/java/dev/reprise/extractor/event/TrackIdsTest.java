package dev.reprise.extractor.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.TrackId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TrackIdsTest {
  private static final byte[] LONGEST = new byte[TrackId.MAX_BYTES];
  private static final byte[] TOO_LONG = new byte[TrackId.MAX_BYTES + 1];

  static {
    Arrays.fill(LONGEST, (byte) 'x');
    Arrays.fill(TOO_LONG, (byte) 'x');
  }

  @Test
  void theKeyIsTheTrackId() throws Exception {
    assertThat(TrackIds.of(utf8("2"), subject("3"))).isEqualTo("2");
    assertThat(TrackIds.of(utf8("Björk/Jóga"), new RecordHeaders())).isEqualTo("Björk/Jóga");
    assertThat(TrackIds.of(LONGEST, new RecordHeaders())).hasSize(TrackId.MAX_BYTES);
  }

  @Test
  void theSubjectReplacesAnInvalidKey() throws Exception {
    assertThat(TrackIds.of(null, subject("3"))).isEqualTo("3");
    for (byte[] key : badKeys()) {
      assertThat(TrackIds.of(key, subject("3"))).isEqualTo("3");
    }
  }

  @Test
  void withoutEitherTheEventIsRejected() {
    assertRejected(null, new RecordHeaders());
    for (byte[] key : badKeys()) {
      assertRejected(key, new RecordHeaders());
      assertRejected(key, subject(""));
      assertRejected(key, subject("x".repeat(TrackId.MAX_BYTES + 1)));
      assertRejected(key, new RecordHeaders().add("ce_subject", null));
    }
  }

  private static List<byte[]> badKeys() {
    // Empty, too long, a serialised number, not UTF-8.
    return List.of(new byte[0], TOO_LONG, new byte[] {0, 0, 0, 2}, new byte[] {(byte) 0xff, 'x'});
  }

  private static void assertRejected(byte @Nullable [] key, Headers headers) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> TrackIds.of(key, headers))
        .satisfies(rejected -> assertThat(rejected.reason()).isEqualTo(Reason.BAD_KEY))
        .withMessageContaining("ce_subject");
  }

  private static Headers subject(String value) {
    return new RecordHeaders().add("ce_subject", utf8(value));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
