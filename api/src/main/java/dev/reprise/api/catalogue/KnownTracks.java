package dev.reprise.api.catalogue;

import dev.reprise.api.state.v1.Fact;
import dev.reprise.api.state.v1.KnownTrack;
import dev.reprise.contract.RecordCoordinates;
import java.util.List;
import java.util.Optional;

/**
 * What counts of a track: of two records about the same, the one with the later time, whichever
 * comes first; where they are equally late, the one that comes last.
 */
final class KnownTracks {
  /** Extractions that are remembered as settled: whoever asks, asks soon. */
  private static final int SETTLED = 32;

  private KnownTracks() {}

  /** The track after a fact; an equal one where the fact changes nothing. */
  static KnownTrack after(KnownTrack track, Fact fact) {
    return switch (fact.getBodyCase()) {
      case PREDICTION -> settled(counting(track, fact), fact.getPrediction().getExtractionId());
      case FAILURE -> settled(counting(track, fact), fact.getFailure().getExtractionId());
      default -> counting(track, fact);
    };
  }

  private static KnownTrack settled(KnownTrack track, String extractionId) {
    if (track.getSettledList().contains(extractionId)) {
      return track;
    }
    List<String> all = track.getSettledList();
    return track.toBuilder()
        .clearSettled()
        .addAllSettled(all.subList(Math.max(0, all.size() - SETTLED + 1), all.size()))
        .addSettled(extractionId)
        .build();
  }

  /** Whether the latest audio event came to nothing: the later on one partition, else by time. */
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

  private static KnownTrack counting(KnownTrack track, Fact fact) {
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
