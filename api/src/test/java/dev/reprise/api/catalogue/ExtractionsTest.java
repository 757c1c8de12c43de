package dev.reprise.api.catalogue;

import static dev.reprise.api.TestRecords.extraction;
import static dev.reprise.api.TestRecords.prediction;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.state.v1.KnownTrack;
import dev.reprise.api.v1.Failure;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.Topics;
import org.junit.jupiter.api.Test;

class ExtractionsTest {
  private static final String TOPIC = Topics.defaults().audioFiles();
  private static final KnownTrack TRACK =
      KnownTrack.newBuilder()
          .setPrediction(prediction("2", 7, 0, 1))
          .setFailure(Failure.newBuilder().setExtractionId(extraction(9)).setReason("too-short"))
          .build();

  @Test
  void returnsTheOutcome() {
    assertThat(status(7)).isEqualTo("predicted");
    assertThat(status(9)).isEqualTo("failed");
    assertThat(status(10)).isEqualTo("pending");
    assertThat(status(8)).isEqualTo("superseded");
    assertThat(Extractions.of("3", id(0), KnownTrack.getDefaultInstance()).getStatus())
        .isEqualTo("pending");
  }

  @Test
  void eventsOfOtherPartitionsSupersedeNothing() {
    assertThat(Extractions.of("2", new RecordCoordinates(TOPIC, 1, 0), TRACK).getStatus())
        .isEqualTo("pending");
  }

  private static String status(long offset) {
    return Extractions.of("2", id(offset), TRACK).getStatus();
  }

  private static RecordCoordinates id(long offset) {
    return new RecordCoordinates(TOPIC, 0, offset);
  }
}
