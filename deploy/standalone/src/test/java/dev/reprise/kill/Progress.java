package dev.reprise.kill;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.v1.MfccRecord;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** How far the committed output has come. */
final class Progress {
  private final KafkaConsumer<String, byte[]> mfcc;
  private final KafkaConsumer<String, byte[]> clips;
  private final KafkaConsumer<String, byte[]> tracks;
  private final int files;
  private final Set<String> failed = new HashSet<>();
  private final Set<String> predicted = new HashSet<>();
  private int records;

  Progress(
      KafkaConsumer<String, byte[]> mfcc,
      KafkaConsumer<String, byte[]> clips,
      KafkaConsumer<String, byte[]> tracks,
      int files) {
    this.mfcc = mfcc;
    this.clips = clips;
    this.tracks = tracks;
    this.files = files;
  }

  /** Records seen so far, of all topics. */
  int records() {
    poll();
    return records;
  }

  /** Whether each file has been predicted or has failed. */
  boolean isDone() {
    poll();
    return predicted.size() + failed.size() >= files;
  }

  private void poll() {
    Duration wait = Duration.ofMillis(20);
    mfcc.poll(wait)
        .forEach(
            record -> {
              records++;
              if (parse(record.value()).hasFailed()) {
                failed.add(record.key());
              }
            });
    clips.poll(wait).forEach(record -> records++);
    tracks
        .poll(wait)
        .forEach(
            record -> {
              records++;
              predicted.add(record.key());
            });
  }

  private static MfccRecord parse(byte[] value) {
    try {
      return MfccRecord.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
