package dev.reprise.evaluation.pairing;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.evaluation.v1.TrackEvent;
import org.jspecify.annotations.Nullable;

/** Says what a record of an input topic means for its track. Thread-safe. */
public interface TrackEventReader {
  /** The reason where the record itself is at fault. */
  Reason badRecord();

  /** Told of each record that is rejected, for whatever reason. */
  default void rejected() {}

  /**
   * @param trackId the record's key
   * @param value null where the record takes back what was said before
   * @param timestampMillis the record's, not negative
   * @throws RejectedException if the value is not what belongs on the topic
   */
  TrackEvent read(String trackId, byte @Nullable [] value, long timestampMillis)
      throws RejectedException;
}
