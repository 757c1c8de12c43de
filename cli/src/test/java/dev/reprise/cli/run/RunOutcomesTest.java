package dev.reprise.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.files.AudioTrack;
import dev.reprise.cli.files.FileState;
import dev.reprise.cli.submit.Submitted.Event;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.runtime.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunOutcomesTest {
  private static final Topics TOPICS = Topics.defaults();
  private static final String EXTRACTION = TOPICS.audioFiles() + "-1-7";

  private final RunOutcomes outcomes = new RunOutcomes(TOPICS);
  private final Path file;

  RunOutcomesTest(@TempDir Path directory) {
    file = directory.resolve("000002.mp3");
  }

  @BeforeEach
  void submit() throws Exception {
    Files.writeString(file, "half");
    TopicPartition partition = new TopicPartition(TOPICS.audioFiles(), 1);
    outcomes.addPending(
        new Event(
            new AudioTrack("2", file),
            FileState.of(file),
            new RecordMetadata(partition, 7, 0, 0, 0, 0)));
  }

  @Test
  void acceptsTheTracksPrediction() throws Exception {
    assertThat(outcomes.accept(prediction(EXTRACTION)))
        .hasValueSatisfying(prediction -> assertThat(prediction.getTrackId()).isEqualTo("2"));
    assertThat(outcomes.isComplete()).isTrue();
    assertThat(outcomes.failures()).isEmpty();
  }

  @Test
  void ignoresAPredictionOfAnEarlierRun() throws Exception {
    assertThat(outcomes.accept(prediction(TOPICS.audioFiles() + "-1-6"))).isEmpty();
    assertThat(outcomes.isComplete()).isFalse();
  }

  @Test
  void acceptsARejectedEvent() throws Exception {
    outcomes.accept(deadLetter(TOPICS.audioFiles(), "7", new byte[0]));
    assertThat(outcomes.isComplete()).isTrue();
    assertThat(outcomes.failures()).containsExactly(file + ": unknown-format: No audio.");
  }

  @Test
  void discardsThePredictionOfAFileThatChanged() throws Exception {
    Files.writeString(file, "half and the rest");
    assertThat(outcomes.accept(prediction(EXTRACTION))).isEmpty();
    assertThat(outcomes.failures())
        .containsExactly(file + " is still being written: it changed while it was being read.");
    assertThat(outcomes.isComplete()).isTrue();
  }

  @Test
  void reportsTheChangeOfARejectedFile() throws Exception {
    Files.writeString(file, "half and the rest");
    outcomes.accept(deadLetter(TOPICS.audioFiles(), "7", new byte[0]));
    assertThat(outcomes.failures())
        .containsExactly(file + " is still being written: it changed while it was being read.");
  }

  @Test
  void keepsThePredictionOfADeletedFile() throws Exception {
    Files.delete(file);
    assertThat(outcomes.accept(prediction(EXTRACTION))).isPresent();
    assertThat(outcomes.failures()).isEmpty();
  }

  @Test
  void countsATracksRejectedClipsOnce() throws Exception {
    byte[] clip =
        MfccRecord.newBuilder()
            .setExtraction(Extraction.newBuilder().setId(EXTRACTION))
            .build()
            .toByteArray();
    outcomes.accept(deadLetter(TOPICS.mfcc(), "40", clip));
    outcomes.accept(deadLetter(TOPICS.mfcc(), "41", clip));
    assertThat(outcomes.failures()).hasSize(1);
  }

  @Test
  void assignsAMalformedClipByItsTrackId() throws Exception {
    outcomes.accept(deadLetter(TOPICS.mfcc(), "40", new byte[] {-1}));
    assertThat(outcomes.isComplete()).isTrue();
  }

  private static ConsumerRecord<byte[], byte[]> prediction(String extraction) {
    Prediction prediction =
        Prediction.newBuilder().setTrackId("2").setExtractionId(extraction).build();
    return new ConsumerRecord<>(TOPICS.predictions(), 0, 0, bytes("2"), Json.bytes(prediction));
  }

  private static ConsumerRecord<byte[], byte[]> deadLetter(
      String topic, String offset, byte[] value) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(TOPICS.deadLetters(), 0, 0, bytes("2"), value);
    record.headers().add(DeadLetters.REASON, bytes("unknown-format"));
    record.headers().add(DeadLetters.MESSAGE, bytes("No audio."));
    record.headers().add(DeadLetters.TOPIC, bytes(topic));
    record.headers().add(DeadLetters.PARTITION, bytes("1"));
    record.headers().add(DeadLetters.OFFSET, bytes(offset));
    return record;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
