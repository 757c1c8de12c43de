package dev.reprise.evaluation.pairing;

import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.evaluation.v1.Change;

/** What changes when a prediction or a truth arrives. */
public sealed interface PairResult {
  /** The contribution of the track to one series. */
  record SeriesChanged(Change change) implements PairResult {}

  /** The errors of the track's predictions. */
  record QualityChanged(TrackQuality quality) implements PairResult {}
}
