package dev.reprise.similarity.index;

/** Why a track has nothing in a group, one sentence. */
final class Missing {
  private Missing() {}

  static String why(IndexedTrack track, Group group) {
    return switch (group) {
      case PREDICTED_FEATURES ->
          prediction(track, "Nothing that was predicted of the track is a number.");
      case EMBEDDING -> prediction(track, "The track was predicted without an embedding.");
      case METADATA -> truth(track, "The track's truth does not say where the artist comes from.");
      default -> truth(track, "The track's truth has nothing in this group.");
    };
  }

  private static String prediction(IndexedTrack track, String otherwise) {
    return track.model == null ? "The track is not predicted." : otherwise;
  }

  private static String truth(IndexedTrack track, String otherwise) {
    return track.hasTruth ? otherwise : "There is no truth of the track.";
  }
}
