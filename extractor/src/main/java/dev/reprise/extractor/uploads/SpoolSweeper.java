package dev.reprise.extractor.uploads;

import dev.reprise.spool.Spool;
import dev.reprise.spool.SpooledFile;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes old uploads from the spool: those of failed events after the retention, which replays
 * need until then, and whatever a crash of the extractor or of the API has left. Every instance of
 * the extractor sweeps; to delete what another has deleted is no error. Thread-safe.
 */
public final class SpoolSweeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpoolSweeper.class);
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  /** No upload takes as long to arrive. */
  private static final Duration UNFINISHED_RETENTION = Duration.ofDays(1);

  private final Spool spool;
  private final Duration retention;
  private final Clock clock;
  private final UploadMeters meters;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "spool-sweeper"));

  /** Used by the sweeping thread only. */
  private boolean isFailing;

  private SpoolSweeper(Spool spool, Duration retention, Clock clock, UploadMeters meters) {
    this.spool = spool;
    this.retention = retention;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Starts sweeping, at once and every minute.
   *
   * @param retention of complete uploads
   */
  public static SpoolSweeper start(
      Spool spool, Duration retention, Clock clock, UploadMeters meters) {
    SpoolSweeper sweeper = new SpoolSweeper(spool, retention, clock, meters);
    sweeper.executor.scheduleWithFixedDelay(
        sweeper::sweep, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return sweeper;
  }

  private void sweep() {
    try {
      List<SpooledFile> files = spool.list();
      long left = 0;
      for (SpooledFile file : files) {
        left += isExpired(file) && discard(file) ? 0 : file.bytes();
      }
      meters.recordBytes(left);
      isFailing = false;
    } catch (IOException | RuntimeException e) {
      meters.countFailedSweep();
      logOnce(e);
    }
  }

  /** Logs the first of several failures in a row. */
  private void logOnce(Exception e) {
    if (!isFailing) {
      isFailing = true;
      log.warn("Cannot list the spool: {}. Retrying every minute.", e.toString());
    }
  }

  private boolean isExpired(SpooledFile file) {
    Instant end = file.changed().plus(file.isComplete() ? retention : UNFINISHED_RETENTION);
    return end.isBefore(clock.instant());
  }

  private boolean discard(SpooledFile file) {
    try {
      spool.discard(file);
      meters.countSwept(file.isComplete());
      return true;
    } catch (IOException | RuntimeException e) {
      meters.countFailedDeletion();
      log.warn("Cannot delete the expired upload {}: {}", file.name(), e.toString());
      return false;
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
