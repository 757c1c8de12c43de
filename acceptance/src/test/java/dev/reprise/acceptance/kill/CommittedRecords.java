package dev.reprise.acceptance.kill;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.v1.MfccRecord;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.TimeoutException;

/** Tracks the committed output of a cluster. */
final class CommittedRecords implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration OFFSETS_TIMEOUT = Duration.ofSeconds(1);

  private final KafkaConsumer<String, byte[]> mfcc;
  private final KafkaConsumer<String, byte[]> clips;
  private final KafkaConsumer<String, byte[]> tracks;
  private final Set<String> failed = new HashSet<>();
  private final Set<String> predicted = new HashSet<>();

  CommittedRecords(Cluster cluster) {
    this.mfcc = cluster.reader(Cluster.TOPICS.mfcc(), "read_committed");
    this.clips = cluster.reader(Cluster.TOPICS.clipPredictions(), "read_committed");
    this.tracks = cluster.reader(Cluster.TOPICS.predictions(), "read_committed");
  }

  /** Returns whether this many files have been predicted or have failed. */
  boolean isDone(int files) {
    mfcc.poll(POLL)
        .forEach(
            record -> {
              if (parse(record.value()).hasFailed()) {
                failed.add(record.key());
              }
            });
    tracks.poll(POLL).forEach(record -> predicted.add(record.key()));
    return predicted.size() + failed.size() >= files;
  }

  int predicted() {
    return predicted.size();
  }

  int failed() {
    return failed.size();
  }

  /**
   * Returns the sum of the last stable offsets of the extractor's output; -1 while the broker does
   * not respond.
   */
  long extracted() {
    return lastStableOffsets(mfcc);
  }

  /**
   * Returns the sum of the last stable offsets of the inference service's output; -1 while the
   * broker does not respond.
   */
  long scored() {
    return lastStableOffsets(clips);
  }

  private static long lastStableOffsets(KafkaConsumer<String, byte[]> consumer) {
    try {
      return consumer.endOffsets(consumer.assignment(), OFFSETS_TIMEOUT).values().stream()
          .mapToLong(Long::longValue)
          .sum();
    } catch (TimeoutException e) {
      return -1;
    }
  }

  private static MfccRecord parse(byte[] value) {
    try {
      return MfccRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    mfcc.close();
    clips.close();
    tracks.close();
  }
}
