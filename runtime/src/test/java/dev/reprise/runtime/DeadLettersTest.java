package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.Stage;
import dev.reprise.contract.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private static final byte[] KEY = {'2'};
  private static final RecordMetadata SOURCE =
      new RecordMetadata() {
        @Override
        public String topic() {
          return "audio";
        }

        @Override
        public int partition() {
          return 3;
        }

        @Override
        public long offset() {
          return 42;
        }
      };

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DeadLetters deadLetters = new DeadLetters(registry, Set.of(Stage.DECODE));

  @Test
  void containsReasonSourceAndException() {
    RecordHeaders own = new RecordHeaders();
    own.add("ce_id", new byte[] {'7'});
    RejectedException why =
        new RejectedException(Reason.TOO_LONG, "It is too long.", new IllegalStateException("x"));
    Record<byte[], byte[]> deadLetter = deadLetter(new byte[] {1, 2}, own, why);
    assertThat(deadLetter.key()).isEqualTo(KEY);
    assertThat(deadLetter.value()).containsExactly(1, 2);
    assertThat(deadLetter.timestamp()).isEqualTo(99);
    assertThat(header(deadLetter, "ce_id")).isEqualTo("7");
    assertThat(header(deadLetter, "reprise_stage")).isEqualTo("decode");
    assertThat(header(deadLetter, "reprise_reason")).isEqualTo("too-long");
    assertThat(header(deadLetter, "__streams.errors.exception"))
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(header(deadLetter, "__streams.errors.message")).isEqualTo("It is too long.");
    assertThat(header(deadLetter, "__streams.errors.stacktrace")).contains("DeadLettersTest");
    assertThat(header(deadLetter, "__streams.errors.topic")).isEqualTo("audio");
    assertThat(header(deadLetter, "__streams.errors.partition")).isEqualTo("3");
    assertThat(header(deadLetter, "__streams.errors.offset")).isEqualTo("42");
    assertThat(
            registry
                .get("reprise.dead.letters")
                .tags("stage", "decode", "reason", "too-long")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void oversizedValueIsReplacedByCoordinates() {
    byte[] value = new byte[Topics.MAX_EVENT_BYTES - 1_000];
    Record<byte[], byte[]> deadLetter = deadLetter(value, new RecordHeaders(), tooLong());
    assertThat(new String(deadLetter.value(), StandardCharsets.UTF_8))
        .isEqualTo("{\"topic\":\"audio\",\"partition\":3,\"offset\":\"42\"}");
    assertThat(header(deadLetter, "reprise_reason")).isEqualTo("too-long");
  }

  @Test
  void oversizedHeadersAreDropped() {
    RecordHeaders own = new RecordHeaders();
    own.add("huge", new byte[Topics.MAX_EVENT_BYTES]);
    Record<byte[], byte[]> deadLetter = deadLetter(new byte[10], own, tooLong());
    assertThat(deadLetter.headers().lastHeader("huge")).isNull();
    assertThat(header(deadLetter, "reprise_reason")).isEqualTo("too-long");
  }

  @Test
  void fitsTheTopicWithAnyIncompressibleValue() {
    for (int bytes = Topics.MAX_EVENT_BYTES - 60_000;
        bytes <= Topics.MAX_EVENT_BYTES;
        bytes += 500) {
      Record<byte[], byte[]> deadLetter =
          deadLetter(new byte[bytes], new RecordHeaders(), tooLong());
      // lz4 stores incompressible data in blocks of 64 KiB, each with 4 bytes of overhead.
      int blocks = deadLetter.value().length / 65_536 + 1;
      assertThat(producerEstimate(deadLetter) + 4 * blocks + 64)
          .isLessThanOrEqualTo(Topics.MAX_EVENT_BYTES);
    }
  }

  @Test
  void oversizedKeyIsDroppedLast() {
    byte[] huge = new byte[Topics.MAX_EVENT_BYTES];
    Record<byte[], byte[]> deadLetter =
        deadLetters.of(new Record<>(huge, null, 99, new RecordHeaders()), SOURCE, tooLong());
    assertThat(deadLetter.key()).isNull();
    assertThat(new String(deadLetter.value(), StandardCharsets.UTF_8))
        .contains("\"offset\":\"42\"");
    assertThat(producerEstimate(deadLetter)).isLessThan(32_000);
  }

  @Test
  void countersAreRegisteredAtZero() {
    assertThat(registry.find("reprise.dead.letters").tag("stage", "decode").counters())
        .hasSizeGreaterThan(5)
        .allMatch(counter -> counter.count() == 0);
    assertThat(registry.find("reprise.dead.letters").tag("stage", "score").counters()).isEmpty();
  }

  @Test
  void messageAndStackTraceAreTruncated() {
    RejectedException why = new RejectedException(Reason.BAD_EVENT, "x".repeat(1_000_000));
    Record<byte[], byte[]> deadLetter = deadLetter(null, new RecordHeaders(), why);
    assertThat(deadLetter.value()).isNull();
    assertThat(producerEstimate(deadLetter)).isLessThan(32_000);
  }

  private Record<byte[], byte[]> deadLetter(
      byte @Nullable [] value, Headers headers, RejectedException why) {
    return deadLetters.of(new Record<>(KEY, value, 99, headers), SOURCE, why);
  }

  private static RejectedException tooLong() {
    return new RejectedException(Reason.TOO_LONG, "It is too long.");
  }

  private static int producerEstimate(Record<byte[], byte[]> deadLetter) {
    return org.apache.kafka.common.record.internal.AbstractRecords.estimateSizeInBytesUpperBound(
        (byte) 2,
        CompressionType.LZ4,
        deadLetter.key(),
        deadLetter.value(),
        deadLetter.headers().toArray());
  }

  private static String header(Record<byte[], byte[]> deadLetter, String name) {
    return new String(deadLetter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
