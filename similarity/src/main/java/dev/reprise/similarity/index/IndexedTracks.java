package dev.reprise.similarity.index;

import dev.reprise.similarity.v1.ListedTrack;
import dev.reprise.similarity.v1.TrackList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tracks by id and by row. Not thread-safe but for reading: {@link TrackIndex} locks. */
final class IndexedTracks {
  private final NavigableMap<String, IndexedTrack> byId = new TreeMap<>();
  private final List<@Nullable IndexedTrack> byRow = new ArrayList<>();
  private final Deque<Integer> freeRows = new ArrayDeque<>();

  /** Predicted tracks by model. */
  private final NavigableMap<String, Integer> models = new TreeMap<>();

  private int truths;
  private int embeddings;

  @Nullable IndexedTrack find(String id) {
    return byId.get(id);
  }

  boolean isPredicted(String id) {
    IndexedTrack track = byId.get(id);
    return track != null && track.model != null;
  }

  IndexedTrack findOrAdd(String id) {
    return byId.computeIfAbsent(id, this::add);
  }

  private IndexedTrack add(String id) {
    Integer free = freeRows.poll();
    IndexedTrack track = new IndexedTrack(id, free == null ? byRow.size() : free);
    if (free == null) {
      byRow.add(track);
    } else {
      byRow.set(free, track);
    }
    return track;
  }

  /**
   * @param model null where it is predicted no longer
   */
  void setModel(IndexedTrack track, @Nullable String model) {
    if (track.model != null) {
      models.computeIfPresent(track.model, (name, count) -> count == 1 ? null : count - 1);
    }
    if (model != null) {
      models.merge(model, 1, Integer::sum);
    }
    track.model = model;
    forgetIfEmpty(track);
  }

  void setEmbedding(IndexedTrack track, boolean hasEmbedding) {
    embeddings += (hasEmbedding ? 1 : 0) - (track.hasEmbedding ? 1 : 0);
    track.hasEmbedding = hasEmbedding;
  }

  void setTruth(IndexedTrack track, boolean hasTruth) {
    truths += (hasTruth ? 1 : 0) - (track.hasTruth ? 1 : 0);
    track.hasTruth = hasTruth;
    forgetIfEmpty(track);
  }

  private void forgetIfEmpty(IndexedTrack track) {
    if (track.model == null && !track.hasTruth) {
      byId.remove(track.id);
      byRow.set(track.row, null);
      freeRows.add(track.row);
    }
  }

  /** The id of the track in a row. */
  String id(int row) {
    return Objects.requireNonNull(byRow.get(row), "A row without a track.").id;
  }

  /** One more than the last row. */
  int rows() {
    return byRow.size();
  }

  Stream<IndexedTrack> all() {
    return byRow.stream().filter(Objects::nonNull);
  }

  int size() {
    return byId.size();
  }

  int predicted() {
    return models.values().stream().mapToInt(Integer::intValue).sum();
  }

  int truths() {
    return truths;
  }

  int embeddings() {
    return embeddings;
  }

  /** The model of most tracks; of several the last in the order of names. */
  Optional<String> mainModel() {
    return models.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey);
  }

  /** The first in the order of their ids that begin with the prefix. */
  TrackList list(String prefix, int limit) {
    TrackList.Builder list = TrackList.newBuilder().setTotal(size());
    byId.tailMap(prefix).values().stream()
        .takeWhile(track -> track.id.startsWith(prefix))
        .limit(limit)
        .forEach(track -> list.addTracks(listed(track)));
    return list.build();
  }

  private static ListedTrack listed(IndexedTrack track) {
    return ListedTrack.newBuilder()
        .setTrackId(track.id)
        .setPredicted(track.model != null)
        .setTruth(track.hasTruth)
        .build();
  }
}
