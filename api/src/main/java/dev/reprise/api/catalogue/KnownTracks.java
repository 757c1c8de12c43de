package dev.reprise.api.catalogue;

import dev.reprise.api.state.v1.Fact;
import dev.reprise.api.state.v1.KnownTrack;
import dev.reprise.contract.RecordCoordinates;
import java.util.List;
import java.util.Optional;

/**
 * Updates of a track's state by facts. Of two facts of the same kind, the one with the later time
 * wins, whatever their order of arrival; of two with the same time, the one that arrives last.
 */
final class KnownTracks {
  /** Settled extractions that are remembered: clients request an outcome soon after the upload. */
  private static final int MAX_SETTLED = 32;

  private KnownTracks() {}

  /** Returns the track after a fact; an equal one if the fact changes nothing. */
  static KnownTrack apply(KnownTrack track, Fact fact) {
    return switch (fact.getBodyCase()) {
      case PREDICTION -> settle(update(track, fact), fact.getPrediction().getExtractionId());
      case FAILURE -> settle(update(track, fact), fact.getFailure().getExtractionId());
      default -> update(track, fact);
    };
  }

  private static KnownTrack settle(KnownTrack track, String extractionId) {
    if (track.getSettledList().contains(extractionId)) {
      return track;
    }
    List<String> all = track.getSettledList();
    return track.toBuilder()
        .clearSettled()
        .addAllSettled(all.subList(Math.max(0, all.size() - MAX_SETTLED + 1), all.size()))
        .addSettled(extractionId)
        .build();
  }

  /** Returns whether the latest audio event, by offset on one partition or else by time, failed. */
  static boolean failedLast(KnownTrack track) {
    if (!track.hasFailure() || !track.hasPrediction()) {
      return track.hasFailure();
    }
    Optional<RecordCoordinates> failed =
        RecordCoordinates.parse(track.getFailure().getExtractionId());
    Optional<RecordCoordinates> predicted =
        RecordCoordinates.parse(track.getPrediction().getExtractionId());
    return failed.isPresent()
            && predicted.isPresent()
            && failed.get().isOnPartitionOf(predicted.get())
        ? failed.get().isAfter(predicted.get())
        : track.getFailureMs() > track.getPredictionMs();
  }

  private static KnownTrack update(KnownTrack track, Fact fact) {
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
      case WITHDRAWN -> withdraw(track, fact);
      case CLIP, BODY_NOT_SET -> track;
    };
  }

  private static KnownTrack withdraw(KnownTrack track, Fact fact) {
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
