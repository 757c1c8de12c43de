package dev.reprise.inference.topology;

import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;

/** What the scoring step tells the track step of one record. */
sealed interface Scored {
  Extraction extraction();

  /** Of a track that is scored by one model. */
  sealed interface ByModel extends Scored {
    /** The records of the model that scores this track. */
    Predictions predictions();
  }

  /** A clip was scored. */
  record Clip(Extraction extraction, Predictions predictions, int index, ClipScores scores)
      implements ByModel {}

  /** Every clip of the extraction has come before. */
  record Complete(Extraction extraction, Predictions predictions, ExtractionComplete totals)
      implements ByModel {}

  /**
   * The extraction failed, or one of its clips could not be scored: there will be no prediction.
   */
  record Void(Extraction extraction) implements Scored {}
}
