package dev.reprise.extractor.uploads;

import dev.reprise.contract.Reason;
import dev.reprise.runtime.StreamListener;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolName;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes uploads from the spool once the offsets of their events are committed. Until then an
 * event may be delivered again, here or to another instance, which needs its upload.
 *
 * <p>What is scheduled is lost with the process or the partition; {@link SpoolSweeper} deletes what
 * is left. Thread-safe; deletions run on a thread of their own, so that they delay no event.
 */
public final class UploadDeletions implements StreamListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UploadDeletions.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** Replaying these dead letters fails again, whatever is configured. */
  private static final Set<Reason> FINAL =
      Set.of(
          Reason.UNKNOWN_FORMAT,
          Reason.NO_AUDIO_STREAM,
          Reason.UNKNOWN_CODEC,
          Reason.TOO_SHORT,
          Reason.DECODE_FAILED);

  private final Optional<Spool> spool;
  private final UploadMeters meters;
  private final Map<TopicPartition, SortedMap<Long, SpoolName>> scheduled = new HashMap<>();
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "spool-deletions"));

  /**
   * @param spool of the uploads; without one, nothing is deleted
   */
  public UploadDeletions(Optional<Spool> spool, UploadMeters meters) {
    this.spool = spool;
    this.meters = meters;
  }

  /** Returns whether the upload of an event that failed is kept, so that it can be replayed. */
  public static boolean isKept(Reason reason) {
    return !FINAL.contains(reason);
  }

  /** Schedules the deletion of an event's upload, for when the event's offset is committed. */
  public synchronized void schedule(TopicPartition partition, long offset, SpoolName upload) {
    scheduled.computeIfAbsent(partition, it -> new TreeMap<>()).put(offset, upload);
  }

  /** Cancels a deletion: the event's dead letter may be replayed. */
  public synchronized void keep(TopicPartition partition, long offset) {
    SortedMap<Long, SpoolName> uploads = scheduled.get(partition);
    if (uploads != null) {
      uploads.remove(offset);
    }
  }

  /** Forgets what is scheduled of a partition, which other threads or instances may take over. */
  public synchronized void forget(TopicPartition partition) {
    scheduled.remove(partition);
  }

  @Override
  public synchronized void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    offsets.forEach(
        (partition, next) -> {
          SortedMap<Long, SpoolName> uploads = scheduled.get(partition);
          if (uploads != null) {
            SortedMap<Long, SpoolName> processed = uploads.headMap(next.offset());
            processed.values().forEach(this::begin);
            processed.clear();
          }
        });
  }

  /** Begins a deletion, unless this is closed already: the transaction is committed either way. */
  private void begin(SpoolName upload) {
    try {
      executor.execute(() -> delete(upload));
    } catch (RejectedExecutionException e) {
      log.debug("The upload {} is deleted when it expires", upload, e);
    }
  }

  private void delete(SpoolName upload) {
    if (spool.isEmpty()) {
      return;
    }
    try {
      spool.get().delete(upload);
      meters.countExtracted();
    } catch (IOException | RuntimeException e) {
      meters.countFailedDeletion();
      log.warn(
          "Cannot delete the upload {}: {}. It is deleted when it expires.", upload, e.toString());
    }
  }

  /** Waits for deletions that have begun. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
