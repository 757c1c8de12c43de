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
  private static final RecordMetadata PLACE =
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
  void tellsWhyWhereAndWhichException() {
    RecordHeaders own = new RecordHeaders();
    own.add("ce_id", new byte[] {'7'});
    RejectedException why =
        new RejectedException(Reason.TOO_LONG, "It is too long.", new IllegalStateException("x"));
    Record<byte[], byte[]> letter = letter(new byte[] {1, 2}, own, why);
    assertThat(letter.key()).isEqualTo(KEY);
    assertThat(letter.value()).containsExactly(1, 2);
    assertThat(letter.timestamp()).isEqualTo(99);
    assertThat(header(letter, "ce_id")).isEqualTo("7");
    assertThat(header(letter, "reprise_stage")).isEqualTo("decode");
    assertThat(header(letter, "reprise_reason")).isEqualTo("too-long");
    assertThat(header(letter, "__streams.errors.exception"))
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(header(letter, "__streams.errors.message")).isEqualTo("It is too long.");
    assertThat(header(letter, "__streams.errors.stacktrace")).contains("DeadLettersTest");
    assertThat(header(letter, "__streams.errors.topic")).isEqualTo("audio");
    assertThat(header(letter, "__streams.errors.partition")).isEqualTo("3");
    assertThat(header(letter, "__streams.errors.offset")).isEqualTo("42");
    assertThat(
            registry
                .get("reprise.dead.letters")
                .tags("stage", "decode", "reason", "too-long")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void aValueThatWouldNotFitGivesWayToItsPlace() {
    byte[] value = new byte[Topics.MAX_EVENT_BYTES - 1_000];
    Record<byte[], byte[]> letter = letter(value, new RecordHeaders(), tooLong());
    assertThat(new String(letter.value(), StandardCharsets.UTF_8))
        .isEqualTo("{\"topic\":\"audio\",\"partition\":3,\"offset\":\"42\"}");
    assertThat(header(letter, "reprise_reason")).isEqualTo("too-long");
  }

  @Test
  void headersThatWouldNotFitGiveWayToo() {
    RecordHeaders own = new RecordHeaders();
    own.add("huge", new byte[Topics.MAX_EVENT_BYTES]);
    Record<byte[], byte[]> letter = letter(new byte[10], own, tooLong());
    assertThat(letter.headers().lastHeader("huge")).isNull();
    assertThat(header(letter, "reprise_reason")).isEqualTo("too-long");
  }

  @Test
  void whateverTheSizeTheLetterFitsTheTopicEvenWhereCompressionDoesNotHelp() {
    for (int bytes = Topics.MAX_EVENT_BYTES - 60_000;
        bytes <= Topics.MAX_EVENT_BYTES;
        bytes += 500) {
      Record<byte[], byte[]> letter = letter(new byte[bytes], new RecordHeaders(), tooLong());
      // lz4 stores what it cannot compress in blocks of 64 KiB with 4 bytes each.
      int blocks = letter.value().length / 65_536 + 1;
      assertThat(sizeAsTheProducerSeesIt(letter) + 4 * blocks + 64)
          .isLessThanOrEqualTo(Topics.MAX_EVENT_BYTES);
    }
  }

  @Test
  void aKeyThatWouldNotFitGivesWayLast() {
    byte[] huge = new byte[Topics.MAX_EVENT_BYTES];
    Record<byte[], byte[]> letter =
        deadLetters.of(new Record<>(huge, null, 99, new RecordHeaders()), PLACE, tooLong());
    assertThat(letter.key()).isNull();
    assertThat(new String(letter.value(), StandardCharsets.UTF_8)).contains("\"offset\":\"42\"");
    assertThat(sizeAsTheProducerSeesIt(letter)).isLessThan(32_000);
  }

  @Test
  void countersStandAtZeroFromTheStart() {
    assertThat(registry.find("reprise.dead.letters").tag("stage", "decode").counters())
        .hasSizeGreaterThan(5)
        .allMatch(counter -> counter.count() == 0);
    assertThat(registry.find("reprise.dead.letters").tag("stage", "score").counters()).isEmpty();
  }

  @Test
  void headersAreBounded() {
    RejectedException why = new RejectedException(Reason.BAD_EVENT, "x".repeat(1_000_000));
    Record<byte[], byte[]> letter = letter(null, new RecordHeaders(), why);
    assertThat(letter.value()).isNull();
    assertThat(sizeAsTheProducerSeesIt(letter)).isLessThan(32_000);
  }

  private Record<byte[], byte[]> letter(
      byte @Nullable [] value, Headers headers, RejectedException why) {
    return deadLetters.of(new Record<>(KEY, value, 99, headers), PLACE, why);
  }

  private static RejectedException tooLong() {
    return new RejectedException(Reason.TOO_LONG, "It is too long.");
  }

  private static int sizeAsTheProducerSeesIt(Record<byte[], byte[]> letter) {
    return org.apache.kafka.common.record.internal.AbstractRecords.estimateSizeInBytesUpperBound(
        (byte) 2, CompressionType.LZ4, letter.key(), letter.value(), letter.headers().toArray());
  }

  private static String header(Record<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
