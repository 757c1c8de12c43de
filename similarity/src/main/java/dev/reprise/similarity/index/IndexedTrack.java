package dev.reprise.similarity.index;

import org.jspecify.annotations.Nullable;

/** What is noted of a track. Not thread-safe: {@link TrackIndex} locks. */
final class IndexedTrack {
  final String id;

  /** In all tables; free for another track when this one is forgotten. */
  final int row;

  /** The name@version that predicted it, null where it is not predicted. */
  @Nullable String model;

  boolean hasEmbedding;
  boolean hasTruth;

  IndexedTrack(String id, int row) {
    this.id = id;
    this.row = row;
  }
}
