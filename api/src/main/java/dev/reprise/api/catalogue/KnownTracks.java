package dev.reprise.api.catalogue;

import dev.reprise.api.state.v1.Fact;
import dev.reprise.api.state.v1.KnownTrack;

/**
 * What counts of a track: of two records about the same, the one with the later time, whichever
 * comes first; where they are equally late, the one that comes last.
 */
final class KnownTracks {
  private KnownTracks() {}

  /** The track after a fact; the same object where the fact changes nothing. */
  static KnownTrack after(KnownTrack track, Fact fact) {
    long time = fact.getTimeMs();
    return switch (fact.getBodyCase()) {
      case PREDICTION ->
          time < track.getPredictionMs()
              ? track
              : track.toBuilder().setPredictionMs(time).setPrediction(fact.getPrediction()).build();
      case TRUTH ->
          time < track.getTruthMs()
              ? track
              : track.toBuilder().setTruthMs(time).setTruth(fact.getTruth()).build();
      case FAILURE ->
          time < track.getFailureMs()
              ? track
              : track.toBuilder().setFailureMs(time).setFailure(fact.getFailure()).build();
      case WITHDRAWN -> without(track, fact);
      case CLIP, BODY_NOT_SET -> track;
    };
  }

  private static KnownTrack without(KnownTrack track, Fact fact) {
    long time = fact.getTimeMs();
    return switch (fact.getWithdrawn()) {
      case WITHDRAWN_PREDICTION ->
          time < track.getPredictionMs()
              ? track
              : track.toBuilder().setPredictionMs(time).clearPrediction().build();
      case WITHDRAWN_TRUTH ->
          time < track.getTruthMs()
              ? track
              : track.toBuilder().setTruthMs(time).clearTruth().build();
      case WITHDRAWN_UNSPECIFIED, UNRECOGNIZED -> track;
    };
  }
}
