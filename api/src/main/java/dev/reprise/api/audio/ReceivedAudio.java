package dev.reprise.api.audio;

import dev.reprise.spool.SpoolName;

/** An audio file that has arrived. */
public sealed interface ReceivedAudio {

  /**
   * In memory, to be sent in a record.
   *
   * @param value not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // Not copied, and never compared.
  record InRecord(byte[] value) implements ReceivedAudio {}

  /** In the spool, to be named by an event. */
  record InSpool(SpoolName name) implements ReceivedAudio {}
}
