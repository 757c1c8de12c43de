package dev.reprise.evaluation.pairing;

import dev.reprise.evaluation.v1.TrackUpdate;
import org.jspecify.annotations.Nullable;

/** The result of reading one record of an input topic. */
public sealed interface ReadResult {
  /** The record was valid. */
  record Accepted(TrackUpdate update) implements ReadResult {}

  /**
   * The record was rejected.
   *
   * @param value of its dead letter, not copied; null if the record has none
   */
  @SuppressWarnings("ArrayRecordComponent") // Not copied, never compared.
  record Rejected(byte @Nullable [] value) implements ReadResult {}
}
