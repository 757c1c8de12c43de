package dev.reprise.inference.scoring;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelOutput;
import dev.reprise.inference.serving.Models;
import dev.reprise.inference.serving.ServedModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores the clips of a poll together, as the batches of a model are faster than its clips one by
 * one, and keeps the scores until the records are processed. Scoring has no effect but its result:
 * a record that is never processed, or whose scores are not here, loses nothing, since whoever
 * processes it scores it.
 *
 * <p>Thread-safe: the scores of each stream thread are its own.
 */
final class PolledClips {
  private static final Logger log = LoggerFactory.getLogger(PolledClips.class);

  private final Models models;

  /** Clips that are scored and not processed, in the order of their offsets. */
  private final ThreadLocal<Map<TopicPartition, Deque<ScoredClip>>> scored =
      ThreadLocal.withInitial(HashMap::new);

  PolledClips(Models models) {
    this.models = models;
  }

  /**
   * A clip and its scores.
   *
   * @param value the record's value; the same bytes, not equal ones
   * @param modelSha256 the model that scored it
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by identity only.
  record ScoredClip(
      long offset, byte[] value, MfccRecord mfcc, String modelSha256, ModelOutput output) {}

  /** Scores the clips of a poll by the model of new tracks. */
  void polled(ConsumerRecords<byte[], byte[]> records, Set<TopicPartition> assigned) {
    scored.get().keySet().retainAll(assigned);
    List<ConsumerRecord<byte[], byte[]>> sources = new ArrayList<>();
    List<MfccRecord> clips = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      parse(record)
          .ifPresent(
              clip -> {
                sources.add(record);
                clips.add(clip);
              });
    }
    if (!clips.isEmpty()) {
      score(sources, clips);
    }
  }

  /** Returns a record's clip; empty if it has none, or is rejected when it is processed. */
  private static Optional<MfccRecord> parse(ConsumerRecord<byte[], byte[]> record) {
    try {
      MfccRecord mfcc = MfccParser.parse(record.key(), record.value());
      if (!mfcc.hasClip()) {
        return Optional.empty();
      }
      MfccParser.requireContract(mfcc.getExtraction(), MfccContract.current());
      MfccParser.requireValid(mfcc.getClip(), MfccContract.current());
      return Optional.of(mfcc);
    } catch (RejectedException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private void score(List<ConsumerRecord<byte[], byte[]>> sources, List<MfccRecord> clips) {
    try (ServedModel.Use model = models.acquire()) {
      List<ModelOutput> outputs =
          model.infer(clips.stream().map(clip -> input(clip.getClip())).toList());
      for (int i = 0; i < clips.size(); i++) {
        ConsumerRecord<byte[], byte[]> source = sources.get(i);
        scored
            .get()
            .computeIfAbsent(
                new TopicPartition(source.topic(), source.partition()), it -> new ArrayDeque<>())
            .add(
                new ScoredClip(
                    source.offset(),
                    source.value(),
                    clips.get(i),
                    model.metadata().sha256(),
                    outputs.get(i)));
      }
    } catch (ModelException | RuntimeException e) {
      // One bad clip must not fail the others: each is scored when it is processed.
      log.debug("A batch of {} clips failed", clips.size(), e);
    }
  }

  static ClipInput input(MfccClip clip) {
    return new ClipInput(clip.getCoefficients(), clip.getNFrames());
  }

  /**
   * Removes and returns the scores of a record that is processed, if it was scored when this thread
   * polled it.
   */
  Optional<ScoredClip> take(TopicPartition partition, long offset, byte[] value) {
    Deque<ScoredClip> clips = scored.get().get(partition);
    if (clips == null) {
      return Optional.empty();
    }
    while (!clips.isEmpty() && clips.getFirst().offset() < offset) {
      // Polled again, or in a task that was closed.
      clips.removeFirst();
    }
    ScoredClip first = clips.peekFirst();
    if (first == null || first.offset() != offset) {
      return Optional.empty();
    }
    clips.removeFirst();
    // Another record has the offset if the topic was created again.
    return first.value() == value ? Optional.of(first) : Optional.empty();
  }
}
