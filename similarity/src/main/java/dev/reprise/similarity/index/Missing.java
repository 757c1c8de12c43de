package dev.reprise.similarity.index;

/** Explains in one sentence why a track has no values in a group. */
final class Missing {
  private Missing() {}

  static String reason(IndexedTrack track, Group group) {
    return switch (group) {
      case PREDICTED_FEATURES -> ifPredicted(track, "The track's prediction has no valid values.");
      case EMBEDDING -> ifPredicted(track, "The track was predicted without an embedding.");
      case METADATA -> ifTruth(track, "The track's truth has no location of the artist.");
      default -> ifTruth(track, "The track's truth has no values in this group.");
    };
  }

  private static String ifPredicted(IndexedTrack track, String reason) {
    return track.model == null ? "The track is not predicted." : reason;
  }

  private static String ifTruth(IndexedTrack track, String reason) {
    return track.hasTruth ? reason : "The track has no truth.";
  }
}
