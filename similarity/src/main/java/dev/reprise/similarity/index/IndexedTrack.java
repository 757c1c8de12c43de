package dev.reprise.similarity.index;

import org.jspecify.annotations.Nullable;

/** The entry of a track in the index. Not thread-safe: {@link TrackIndex} locks. */
final class IndexedTrack {
  final String id;

  /** The track's row in all tables; reused once the track is removed. */
  final int row;

  /** The predicting model as name@version, null if the track has no prediction. */
  @Nullable String model;

  boolean hasEmbedding;
  boolean hasTruth;

  IndexedTrack(String id, int row) {
    this.id = id;
    this.row = row;
  }
}
