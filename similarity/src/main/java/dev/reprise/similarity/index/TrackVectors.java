package dev.reprise.similarity.index;

import dev.reprise.similarity.table.VectorTable;
import dev.reprise.similarity.v1.Coverage;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * All tracks, and the tables of their vectors by row. Only reads are thread-safe: {@link
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
   * Returns the table of a group.
   *
   * @param group any but the embedding
   */
  VectorTable table(Group group) {
    return Objects.requireNonNull(tables.get(group), "Embeddings have no table.");
  }

  IndexedTrack require(String id) throws TrackNotFoundException {
    IndexedTrack track = tracks.find(id);
    if (track == null) {
      throw new TrackNotFoundException("Unknown track %s.".formatted(id));
    }
    return track;
  }

  /**
   * Returns whether a track has a vector of a group.
   *
   * @param group any but the embedding
   */
  boolean has(IndexedTrack track, Group group) {
    return table(group).has(track.row);
  }

  boolean hasEmbedding(String id) {
    IndexedTrack track = tracks.find(id);
    return track != null && track.hasEmbedding;
  }

  /** Returns the row of a track, -1 if it is unknown. */
  int row(String id) {
    IndexedTrack track = tracks.find(id);
    return track == null ? -1 : track.row;
  }

  /** Returns the non-missing values of a row by column, in the order of the columns. */
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
   * Returns the coverage of a search of a table. A complete row shares with the track exactly the
   * columns that the track has. If these are at least half of the group's columns, all complete
   * rows are compared; otherwise none is.
   *
   * @param compared the number of rows compared with the track
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
