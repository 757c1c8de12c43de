package dev.reprise.extractor.uploads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.contract.Reason;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import dev.reprise.spool.SpoolName;
import dev.reprise.spool.SpoolWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadDeletionsTest {
  private static final TopicPartition PARTITION = new TopicPartition("audio-files", 0);
  private static final TopicPartition OTHER = new TopicPartition("audio-files", 1);

  @TempDir Path folder;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final UploadMeters meters = new UploadMeters(registry);
  private Spool spool;
  private UploadDeletions deletions;

  @BeforeEach
  void open() throws ConfigurationException {
    spool = Spool.open(new SpoolConfig(new SpoolLocation.Folder(folder), S3Store.aws()));
    deletions = new UploadDeletions(Optional.of(spool), meters);
  }

  @AfterEach
  void close() {
    deletions.close();
  }

  /** A committed offset is that of the next event: 6 commits 5, and not 6. */
  @Test
  void deletesWhatIsCommitted() throws IOException {
    SpoolName fifth = upload();
    SpoolName sixth = upload();
    SpoolName other = upload();
    deletions.schedule(PARTITION, 5, fifth);
    deletions.schedule(PARTITION, 6, sixth);
    deletions.schedule(OTHER, 5, other);
    commit(PARTITION, 5);
    commit(PARTITION, 6);
    deletions.close();
    assertThat(exists(fifth)).isFalse();
    assertThat(exists(sixth)).isTrue();
    assertThat(exists(other)).isTrue();
    assertThat(count("extracted")).isEqualTo(1);
  }

  @Test
  void keepsWhatCanBeReplayed() throws IOException {
    SpoolName upload = upload();
    deletions.schedule(PARTITION, 5, upload);
    deletions.keep(PARTITION, 5);
    commit(PARTITION, 6);
    deletions.close();
    assertThat(exists(upload)).isTrue();
  }

  /** Another instance may process the event again and keep the upload. */
  @Test
  void forgetsAPartitionThatIsTakenAway() throws IOException {
    SpoolName upload = upload();
    deletions.schedule(PARTITION, 5, upload);
    deletions.forget(PARTITION);
    commit(PARTITION, 10);
    deletions.close();
    assertThat(exists(upload)).isTrue();
  }

  @Test
  void aFailureCostsOneUploadOnly() throws IOException {
    SpoolName stuck = upload();
    SpoolName next = upload();
    // A folder with something in it cannot be deleted like a file.
    Path path = folder.resolve(stuck.text());
    Files.delete(path);
    Files.createDirectories(path.resolve("full"));
    deletions.schedule(PARTITION, 5, stuck);
    deletions.schedule(PARTITION, 6, next);
    commit(PARTITION, 7);
    await().until(() -> !exists(next));
    assertThat(registry.get("reprise.spool.failures").tag("operation", "delete").counter().count())
        .isEqualTo(1);
  }

  @Test
  void failuresThatAReplayRepeatsAreFinal() {
    assertThat(Reason.values())
        .filteredOn(reason -> !UploadDeletions.isKept(reason))
        .containsExactlyInAnyOrder(
            Reason.UNKNOWN_FORMAT,
            Reason.NO_AUDIO_STREAM,
            Reason.UNKNOWN_CODEC,
            Reason.TOO_SHORT,
            Reason.DECODE_FAILED);
  }

  @Test
  void sweepsByAge() throws IOException {
    Instant now = Instant.now();
    SpoolName expired = aged(upload().text(), now, Duration.ofDays(7).plusMinutes(1));
    SpoolName kept = aged(upload().text(), now, Duration.ofDays(7).minusMinutes(1));
    SpoolName receiving = SpoolName.random();
    spool.create(receiving);
    SpoolName abandoned = SpoolName.random();
    spool.create(abandoned);
    aged(receiving + ".part", now, Duration.ofHours(23));
    aged(abandoned + ".part", now, Duration.ofHours(25));
    Path foreign = Files.createFile(folder.resolve("notes.txt"));
    Files.setLastModifiedTime(foreign, FileTime.from(now.minus(Duration.ofDays(99))));
    try (SpoolSweeper sweeper =
        SpoolSweeper.start(spool, Duration.ofDays(7), Clock.systemUTC(), meters)) {
      assertThat(sweeper).isNotNull();
      await().until(() -> count("expired") == 1 && count("abandoned") == 1);
      await().until(() -> registry.get("reprise.spool.bytes").gauge().value() == 3);
    }
    assertThat(exists(expired)).isFalse();
    assertThat(exists(kept)).isTrue();
    assertThat(folder.resolve(receiving + ".part")).exists();
    assertThat(folder.resolve(abandoned + ".part")).doesNotExist();
    assertThat(foreign).exists();
  }

  private SpoolName aged(String file, Instant now, Duration age) throws IOException {
    Files.setLastModifiedTime(folder.resolve(file), FileTime.from(now.minus(age)));
    return new SpoolName(file.replace(".part", ""));
  }

  private SpoolName upload() throws IOException {
    SpoolName name = SpoolName.random();
    try (SpoolWriter writer = spool.create(name)) {
      writer.write(new byte[] {1, 2, 3}, 0, 3);
      writer.complete();
    }
    return name;
  }

  private boolean exists(SpoolName upload) {
    return Files.exists(folder.resolve(upload.text()));
  }

  private void commit(TopicPartition partition, long next) {
    deletions.committed(Map.of(partition, new OffsetAndMetadata(next)));
  }

  private double count(String cause) {
    return registry.get("reprise.spool.deletions").tag("cause", cause).counter().count();
  }
}
