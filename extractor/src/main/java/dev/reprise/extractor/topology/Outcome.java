package dev.reprise.extractor.topology;

import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.extraction.ExtractionResult;
import org.jspecify.annotations.Nullable;

/** The outcome of one audio event. */
sealed interface Outcome {

  /**
   * The file was extracted.
   *
   * @param records builds its records
   * @param extraction the result, whose clips are in the spool
   */
  record Completed(MfccRecords records, ExtractionResult extraction) implements Outcome {}

  /**
   * The object that the event names was deleted.
   *
   * @param records builds its withdrawn record
   */
  record Withdrawn(MfccRecords records) implements Outcome {}

  /** The event concerns no audio. */
  record Ignored() implements Outcome {}

  /**
   * The event was rejected; clips in the spool are to be discarded.
   *
   * @param records builds its failed record; null if there is no track id to key it by
   * @param rejection the reason, for the dead letter
   * @param decodedSeconds length of the audio that was decoded before the failure
   */
  record Failed(@Nullable MfccRecords records, RejectedException rejection, double decodedSeconds)
      implements Outcome {}
}
