package dev.reprise.inference.scoring;

import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;

/** The result of scoring one record of the mfcc topic, on its way to the track step. */
public sealed interface ScoringResult {
  Extraction extraction();

  /** A result of the model that scores the track. */
  sealed interface ByModel extends ScoringResult {
    /**
     * Returns the builder of the model's prediction records. It is passed along because the model
     * may be retired before the track step could look it up by its digest. It holds only metadata,
     * and does not keep the model loaded.
     */
    PredictionRecords predictions();
  }

  /** A clip was scored. */
  record ClipScored(
      Extraction extraction, PredictionRecords predictions, int index, ClipScores scores)
      implements ByModel {}

  /** The terminal record: all clips of the extraction are on the topic. */
  record ExtractionCompleted(
      Extraction extraction, PredictionRecords predictions, ExtractionComplete totals)
      implements ByModel {}

  /** The track's predictions are withdrawn. */
  record TrackWithdrawn(Extraction extraction) implements ScoringResult {}

  /** The extraction failed, or one of its records was rejected: the track gets no prediction. */
  record TrackFailed(Extraction extraction) implements ScoringResult {}
}
