package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class BoundedTimestampTest {
  @Test
  void timestampsAreClamped() {
    assertThat(extract(-1)).isZero();
    assertThat(extract(1_767_323_045_000L)).isEqualTo(1_767_323_045_000L);
    assertThat(Instant.ofEpochMilli(extract(Long.MAX_VALUE))).isEqualTo("9997-12-31T23:59:59Z");
  }

  private static long extract(long timestamp) {
    return new BoundedTimestamp()
        .extract(
            new ConsumerRecord<>(
                "topic",
                0,
                0,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                "key",
                "value",
                new RecordHeaders(),
                Optional.empty()),
            0);
  }
}
