package dev.reprise.similarity.index;

import dev.reprise.similarity.table.VectorTable;
import dev.reprise.similarity.v1.Coverage;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * All tracks, and the tables of their vectors by row. Not thread-safe but for reading: {@link
 * TrackIndex} locks.
 */
final class TrackVectors {
  final IndexedTracks tracks = new IndexedTracks();
  private final Map<Group, VectorTable> tables = new EnumMap<>(Group.class);

  TrackVectors() {
    for (Group group : Group.values()) {
      if (group != Group.EMBEDDING) {
        tables.put(group, new VectorTable(group.columns()));
      }
    }
  }

  /**
   * @param group any but the embedding
   */
  VectorTable table(Group group) {
    return Objects.requireNonNull(tables.get(group), "Embeddings have no table.");
  }

  IndexedTrack require(String id) throws TrackNotFoundException {
    IndexedTrack track = tracks.find(id);
    if (track == null) {
      throw new TrackNotFoundException("Nothing is known of the track %s.".formatted(id));
    }
    return track;
  }

  /**
   * @param group any but the embedding
   */
  boolean has(IndexedTrack track, Group group) {
    return table(group).has(track.row);
  }

  boolean hasEmbedding(String id) {
    IndexedTrack track = tracks.find(id);
    return track != null && track.hasEmbedding;
  }

  /** The row of a track, -1 where it is not known. */
  int row(String id) {
    IndexedTrack track = tracks.find(id);
    return track == null ? -1 : track.row;
  }

  /** The columns of the group that a row has, in their order. */
  Map<String, Double> values(int row, Group group) {
    double[] values = table(group).values(row);
    Map<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        named.put(group.columns().get(i), values[i]);
      }
    }
    return named;
  }

  /**
   * Of a search over a table that compared so many with the track. With a track that lacks nothing
   * it shares what it has itself, of all columns: those are all compared, or none.
   */
  Coverage coverage(IndexedTrack track, Group group, int compared) {
    VectorTable table = table(group);
    int own = table.shared(track.row, track.row);
    int all = group.columns().size();
    int complete = 2 * own >= all ? table.complete() - (own == all ? 1 : 0) : 0;
    return coverage(compared, complete);
  }

  Coverage coverage(int compared, int complete) {
    return coverage(tracks.size() - 1, compared, complete);
  }

  static Coverage coverage(int others, int compared, int complete) {
    return Coverage.newBuilder()
        .setTracks(others)
        .setCompared(compared)
        .setComplete(complete)
        .build();
  }
}
