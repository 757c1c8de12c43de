package dev.reprise.evaluation.pairing;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.evaluation.v1.TrackUpdate;
import org.jspecify.annotations.Nullable;

/** Converts the records of an input topic to track updates. Thread-safe. */
public interface TrackUpdateReader {
  /** Returns the reason for rejecting an invalid record. */
  Reason invalidReason();

  /** Counts a rejected record, whatever the reason. */
  default void countRejected() {}

  /**
   * Reads a record.
   *
   * @param trackId the record's key
   * @param value null if the record is a tombstone, which withdraws earlier ones
   * @param timestampMillis timestamp of the record, not negative
   * @throws RejectedException if the value is not valid for the topic
   */
  TrackUpdate read(String trackId, byte @Nullable [] value, long timestampMillis)
      throws RejectedException;
}
