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

/** The tracks by id and by row. Only reads are thread-safe: {@link TrackIndex} locks. */
final class IndexedTracks {
  private final NavigableMap<String, IndexedTrack> byId = new TreeMap<>();
  private final List<@Nullable IndexedTrack> byRow = new ArrayList<>();
  private final Deque<Integer> freeRows = new ArrayDeque<>();

  /** Numbers of predicted tracks by model. */
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
    return byId.computeIfAbsent(id, this::create);
  }

  private IndexedTrack create(String id) {
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
   * Sets the model that predicted a track, and removes a track that has neither prediction nor
   * truth.
   *
   * @param model null if the track has no prediction
   */
  void setModel(IndexedTrack track, @Nullable String model) {
    if (track.model != null) {
      models.computeIfPresent(track.model, (name, count) -> count == 1 ? null : count - 1);
    }
    if (model != null) {
      models.merge(model, 1, Integer::sum);
    }
    track.model = model;
    removeIfEmpty(track);
  }

  void setEmbedding(IndexedTrack track, boolean hasEmbedding) {
    embeddings += (hasEmbedding ? 1 : 0) - (track.hasEmbedding ? 1 : 0);
    track.hasEmbedding = hasEmbedding;
  }

  void setTruth(IndexedTrack track, boolean hasTruth) {
    truths += (hasTruth ? 1 : 0) - (track.hasTruth ? 1 : 0);
    track.hasTruth = hasTruth;
    removeIfEmpty(track);
  }

  private void removeIfEmpty(IndexedTrack track) {
    if (track.model == null && !track.hasTruth) {
      byId.remove(track.id);
      byRow.set(track.row, null);
      freeRows.add(track.row);
    }
  }

  /** Returns the id of the track in a row. */
  String id(int row) {
    return Objects.requireNonNull(byRow.get(row), "No track in this row.").id;
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

  /** Returns the model of most tracks; on a tie the last by name. */
  Optional<String> mainModel() {
    return models.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey);
  }

  /** Lists the first tracks whose id begins with the prefix, by id. */
  TrackList list(String prefix, int limit) {
    TrackList.Builder list = TrackList.newBuilder().setTotal(size());
    byId.tailMap(prefix).values().stream()
        .takeWhile(track -> track.id.startsWith(prefix))
        .limit(limit)
        .forEach(track -> list.addTracks(toListedTrack(track)));
    return list.build();
  }

  private static ListedTrack toListedTrack(IndexedTrack track) {
    return ListedTrack.newBuilder()
        .setTrackId(track.id)
        .setPredicted(track.model != null)
        .setTruth(track.hasTruth)
        .build();
  }
}
