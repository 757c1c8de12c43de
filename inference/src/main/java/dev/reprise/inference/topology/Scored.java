package dev.reprise.inference.topology;

import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;

/** What the scoring step tells the track step of one record. */
sealed interface Scored {
  Extraction extraction();

  /** A clip was scored. */
  record Clip(Extraction extraction, int index, double[] features, double[] genres)
      implements Scored {}

  /** Every clip of the extraction has come before. */
  record Complete(Extraction extraction, ExtractionComplete totals) implements Scored {}

  /**
   * The extraction failed, or one of its clips could not be scored: there will be no prediction.
   */
  record Void(Extraction extraction) implements Scored {}
}
