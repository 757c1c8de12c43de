package dev.reprise.evaluation.pairing;

import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.evaluation.v1.Change;

/** A change caused by a prediction or a truth. */
public sealed interface PairResult {
  /** The contribution of the track to one series has changed. */
  record SeriesChanged(Change change) implements PairResult {}

  /** The errors of the track's predictions have changed. */
  record QualityChanged(TrackQuality quality) implements PairResult {}
}
