package dev.reprise.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCoordinatesTest {
  private static final RecordCoordinates EVENT =
      new RecordCoordinates("reprise.audio-files.v1", 3, 12);

  @Test
  void textRoundTrips() {
    assertThat(EVENT).hasToString("reprise.audio-files.v1-3-12");
    assertThat(RecordCoordinates.parse(EVENT.toString())).contains(EVENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "topic", "topic-0", "topic-0-", "-0-1", "topic-0-99999999999999999999"})
  void otherTextIsNotParsed(String text) {
    assertThat(RecordCoordinates.parse(text)).isEmpty();
  }

  @Test
  void offsetsOrderTheRecordsOfOnePartition() {
    RecordCoordinates next = new RecordCoordinates(EVENT.topic(), 3, 13);
    RecordCoordinates other = new RecordCoordinates(EVENT.topic(), 4, 13);
    assertThat(next.isAfter(EVENT)).isTrue();
    assertThat(EVENT.isAfter(next)).isFalse();
    assertThat(other.isAfter(EVENT)).isFalse();
    assertThat(other.isOnPartitionOf(EVENT)).isFalse();
  }
}
