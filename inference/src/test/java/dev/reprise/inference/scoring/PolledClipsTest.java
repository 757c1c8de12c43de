package dev.reprise.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Float32;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Role;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelMetadata;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.model.Scorer;
import dev.reprise.inference.scoring.PolledClips.ScoredClip;
import dev.reprise.inference.serving.BatchMeters;
import dev.reprise.inference.serving.Models;
import dev.reprise.inference.serving.ServedModel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolledClipsTest {
  private static final int MAX_BATCH = 4;
  private static final TopicPartition FIRST = new TopicPartition("mfcc", 0);
  private static final TopicPartition SECOND = new TopicPartition("mfcc", 1);

  private final List<Integer> batches = new ArrayList<>();
  private final Models models = new Models(model("a"));
  private final PolledClips polled = new PolledClips(models);
  private boolean fails;

  @Test
  void scoresAPollInFullBatches() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      records.add(clip(FIRST, i, i));
    }
    records.add(record(FIRST, 6, complete()));
    records.add(record(FIRST, 7, new byte[] {1}));
    records.add(record(FIRST, 8, null));
    poll(records);
    assertThat(batches).containsExactly(4, 2);
    for (int i = 0; i < 6; i++) {
      ScoredClip scored = take(records.get(i)).orElseThrow();
      assertThat(scored.output().features()[0]).isEqualTo(i);
      assertThat(scored.modelSha256()).isEqualTo("a");
      assertThat(scored.mfcc().getClip().getIndex()).isEqualTo(i);
      assertThat(take(records.get(i))).as("taken once").isEmpty();
    }
    for (int i = 6; i < 9; i++) {
      assertThat(take(records.get(i))).isEmpty();
    }
  }

  @Test
  void aRecordThatIsPolledAgainIsScoredAgain() {
    ConsumerRecord<byte[], byte[]> first = clip(FIRST, 0, 0);
    ConsumerRecord<byte[], byte[]> second = clip(FIRST, 1, 1);
    poll(List.of(first, second));
    assertThat(take(first)).isPresent();
    ConsumerRecord<byte[], byte[]> again = clip(FIRST, 0, 0);
    ConsumerRecord<byte[], byte[]> after = clip(FIRST, 1, 1);
    poll(List.of(again, after));
    assertThat(take(again)).as("behind what was not taken").isEmpty();
    assertThat(take(after)).as("not the same bytes").isEmpty();
    ConsumerRecord<byte[], byte[]> next = clip(FIRST, 2, 2);
    poll(List.of(next));
    assertThat(take(next)).isPresent();
  }

  @Test
  void forgetsPartitionsOfOthers() {
    ConsumerRecord<byte[], byte[]> first = clip(FIRST, 0, 0);
    ConsumerRecord<byte[], byte[]> second = clip(SECOND, 0, 1);
    poll(List.of(first, second));
    polled.polled(new ConsumerRecords<>(Map.of(), Map.of()), Set.of(SECOND));
    assertThat(take(first)).isEmpty();
    assertThat(take(second)).isPresent();
  }

  @Test
  void threadsDoNotShareScores() throws Exception {
    ConsumerRecord<byte[], byte[]> record = clip(FIRST, 0, 0);
    poll(List.of(record));
    FutureTask<Optional<ScoredClip>> other = new FutureTask<>(() -> take(record));
    Thread thread = new Thread(other);
    thread.start();
    assertThat(other.get()).isEmpty();
    assertThat(take(record)).isPresent();
  }

  @Test
  void aBatchThatFailsIsLeftToProcessing() {
    fails = true;
    ConsumerRecord<byte[], byte[]> record = clip(FIRST, 0, 0);
    poll(List.of(record));
    assertThat(take(record)).isEmpty();
    fails = false;
    ConsumerRecord<byte[], byte[]> next = clip(FIRST, 1, 1);
    poll(List.of(next));
    assertThat(take(next)).isPresent();
  }

  private void poll(List<ConsumerRecord<byte[], byte[]>> records) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> byPartition = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      byPartition
          .computeIfAbsent(
              new TopicPartition(record.topic(), record.partition()), it -> new ArrayList<>())
          .add(record);
    }
    polled.polled(new ConsumerRecords<>(byPartition, Map.of()), Set.of(FIRST, SECOND));
  }

  private Optional<ScoredClip> take(ConsumerRecord<byte[], byte[]> record) {
    return polled.take(
        new TopicPartition(record.topic(), record.partition()), record.offset(), record.value());
  }

  private static ConsumerRecord<byte[], byte[]> clip(
      TopicPartition partition, long offset, int index) {
    float[] coefficients = new float[MfccContract.current().coefficients()];
    Arrays.fill(coefficients, index);
    MfccClip clip =
        MfccClip.newBuilder()
            .setIndex(index)
            .setNFrames(1)
            .setCoefficients(Float32.encode(coefficients))
            .build();
    return record(
        partition,
        offset,
        MfccRecord.newBuilder().setExtraction(extraction()).setClip(clip).build().toByteArray());
  }

  private static byte[] complete() {
    return MfccRecord.newBuilder()
        .setExtraction(extraction())
        .setComplete(ExtractionComplete.newBuilder().setClipCount(1))
        .build()
        .toByteArray();
  }

  private static Extraction extraction() {
    return Extraction.newBuilder()
        .setId("e")
        .setContract(MfccContract.current().name())
        .setContractSha256(MfccContract.current().sha256())
        .build();
  }

  private static ConsumerRecord<byte[], byte[]> record(
      TopicPartition partition, long offset, byte @Nullable [] value) {
    return new ConsumerRecord<>(
        partition.topic(), partition.partition(), offset, new byte[] {'t'}, value);
  }

  private ServedModel model(String sha256) {
    MfccContract contract = MfccContract.current();
    ModelMetadata metadata =
        new ModelMetadata(
            "cnn",
            "1",
            sha256,
            contract.name(),
            contract.sha256(),
            List.of(),
            List.of(),
            List.of(),
            ModelReference.getDefaultInstance());
    return new ServedModel(
        new FirstCoefficient(),
        metadata,
        ExecutionProvider.CPU,
        new BatchMeters(new SimpleMeterRegistry(), Role.SERVING));
  }

  /** Returns each clip's first coefficient as its only feature. */
  private final class FirstCoefficient implements Scorer {
    @Override
    public int maxBatchSize() {
      return MAX_BATCH;
    }

    @Override
    public List<ModelOutput> score(List<ClipInput> clips) throws ModelException {
      if (fails) {
        throw new ModelException("it fails");
      }
      batches.add(clips.size());
      return clips.stream()
          .map(
              clip ->
                  new ModelOutput(
                      new float[] {Float32.view(clip.coefficients()).get(0)},
                      new float[0],
                      0,
                      0,
                      new float[0],
                      new float[0]))
          .toList();
    }

    @Override
    public void close() {}
  }
}
