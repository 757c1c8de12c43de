package dev.reprise.similarity.index;

import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.Truth;
import dev.reprise.similarity.embedding.EmbeddingDistances;
import dev.reprise.similarity.embedding.EmbeddingIndex;
import dev.reprise.similarity.embedding.NearestEmbeddings;
import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import dev.reprise.similarity.v1.Comparison;
import dev.reprise.similarity.v1.Similar;
import dev.reprise.similarity.v1.TrackList;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Index of all tracks for queries over the whole catalogue: listing, similarity and distributions.
 * The tables are kept in memory and rebuilt from the stream at each start; the embeddings are kept
 * on disk.
 *
 * <p>Thread-safe; changes of one track must be made in order. Searches share the read lock and run
 * concurrently; a write waits for the searches in progress, milliseconds each over a million
 * tracks, and later readers wait behind it. A comparison takes the lock for each of its searches
 * separately, so that a write never waits for all of it. The embeddings have their own index,
 * outside the lock: a search of them may be one record ahead of the tables.
 */
public final class TrackIndex implements AutoCloseable {
  /** Ids that are looked up per lock, which takes a few milliseconds. */
  private static final int IDS_PER_LOCK = 8_192;

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final TrackVectors vectors = new TrackVectors();
  private final EmbeddingIndex embeddings;

  private TrackIndex(EmbeddingIndex embeddings) {
    this.embeddings = embeddings;
  }

  /**
   * Opens an index whose tables are empty.
   *
   * @param embeddingFolder used for the embeddings only; those of an earlier run are reused
   */
  public static TrackIndex open(Path embeddingFolder) {
    return new TrackIndex(EmbeddingIndex.open(embeddingFolder));
  }

  /**
   * Adds the prediction of a track, or replaces it.
   *
   * @param model name@version
   * @param embedding [0 to 1,024], finite; empty if the model has none
   */
  public void putPrediction(
      String trackId, String model, AudioFeatures features, float[] embedding) {
    if (embedding.length > 0) {
      embeddings.put(trackId, model, embedding);
    } else {
      removeEmbedding(trackId);
    }
    double[] vector = GroupVectors.of(features);
    write(
        () -> {
          IndexedTrack track = vectors.tracks.findOrAdd(trackId);
          vectors.table(Group.PREDICTED_FEATURES).put(track.row, vector);
          vectors.tracks.setEmbedding(track, embedding.length > 0);
          vectors.tracks.setModel(track, model);
        });
  }

  private void removeEmbedding(String trackId) {
    if (read(() -> vectors.hasEmbedding(trackId))) {
      embeddings.remove(trackId);
    }
  }

  public void removePrediction(String trackId) {
    removeEmbedding(trackId);
    write(
        () -> {
          IndexedTrack track = vectors.tracks.find(trackId);
          if (track != null && track.model != null) {
            vectors.table(Group.PREDICTED_FEATURES).remove(track.row);
            vectors.tracks.setEmbedding(track, false);
            vectors.tracks.setModel(track, null);
          }
        });
  }

  /** Adds the ground truth of a track, or replaces it. */
  public void putTruth(String trackId, Truth truth) {
    Map<Group, double[]> byGroup = GroupVectors.of(truth);
    write(
        () -> {
          IndexedTrack track = vectors.tracks.findOrAdd(trackId);
          byGroup.forEach((group, vector) -> vectors.table(group).put(track.row, vector));
          vectors.tracks.setTruth(track, true);
        });
  }

  public void removeTruth(String trackId) {
    write(
        () -> {
          IndexedTrack track = vectors.tracks.find(trackId);
          if (track != null && track.hasTruth) {
            Group.ofTruth().forEach(group -> vectors.table(group).remove(track.row));
            vectors.tracks.setTruth(track, false);
          }
        });
  }

  /**
   * Ends the restoration once the stream has been read to its end. Takes milliseconds for each
   * embedding that the earlier run did not have; until it returns, searches of embeddings see those
   * of that run. Puts and removals may continue meanwhile.
   */
  public void restored() {
    embeddings.restored();
  }

  /** Lists the first {@code limit} tracks whose id begins with the prefix, by id. */
  public TrackList list(String prefix, int limit) {
    return read(() -> vectors.tracks.list(prefix, limit));
  }

  /** Returns whether a track has a prediction. */
  public boolean isPredicted(String trackId) {
    return read(() -> vectors.tracks.isPredicted(trackId));
  }

  public int predictedTracks() {
    return read(vectors.tracks::predicted);
  }

  public int truthTracks() {
    return read(vectors.tracks::truths);
  }

  public int embeddings() {
    return read(vectors.tracks::embeddings);
  }

  /** Returns the model that predicted most tracks, as name@version. */
  public Optional<String> mainModel() {
    return read(vectors.tracks::mainModel);
  }

  /**
   * Returns the histogram of a feature over the tracks that a model predicted.
   *
   * @param bins the number of equal bins from the feature's minimum to its maximum, 1 and up
   * @return [bins] counts; values out of range are in the nearest bin
   */
  public int[] histogram(Feature feature, int bins, String model) {
    return read(() -> FeatureHistogram.of(vectors, feature, bins, model));
  }

  /**
   * Finds the tracks nearest to a track.
   *
   * @throws ImpossibleQueryException if the metric or the tempo scale does not apply to the group
   * @throws TrackNotFoundException if the track is unknown or has no values in the group
   */
  public Similar similar(SimilarQuery query)
      throws ImpossibleQueryException, TrackNotFoundException {
    query.check();
    if (query.group() != Group.EMBEDDING) {
      return read(() -> new SimilarSearch(vectors, query).searchTable());
    }
    Optional<NearestEmbeddings> nearest =
        embeddings.nearest(query.trackId(), query.metric(), query.k());
    return read(() -> new SimilarSearch(vectors, query).fromEmbeddings(nearest));
  }

  /**
   * Searches by every metric in every group that the track has values in, and compares the results.
   * Each search takes a pass over all tracks and memory for their distances: callers should run one
   * comparison at a time.
   *
   * <p>The tables may change between the searches: each search is consistent, but the comparison
   * spans seconds over a million tracks. A track removed meanwhile is in only some of the searches,
   * and a track that reuses its row is counted as the same track in the rank correlation.
   *
   * @param k neighbours of each search, 1 and up
   * @param tempo the tempo scale, for the groups that have a tempo
   * @throws TrackNotFoundException if the track is unknown, or removed meanwhile
   */
  public Comparison compare(String trackId, int k, Tempo tempo) throws TrackNotFoundException {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + ", not 1 or more.");
    }
    Optional<EmbeddingDistances> embedded =
        embeddings.distances(trackId, Group.EMBEDDING.metrics());
    ComparisonSearch comparison = new ComparisonSearch(vectors, trackId, k, tempo);
    for (Group group : Group.values()) {
      if (group == Group.EMBEDDING && embedded.isPresent()) {
        compareEmbeddings(comparison, embedded.get());
      } else if (read(() -> comparison.addGroup(group))) {
        for (Metric metric : group.metrics()) {
          read(
              () -> {
                comparison.search(group, metric);
                return true;
              });
        }
      }
    }
    return comparison.compare();
  }

  private void compareEmbeddings(ComparisonSearch comparison, EmbeddingDistances embedded)
      throws TrackNotFoundException {
    List<String> ids = embedded.ids();
    int[] rows = new int[ids.size()];
    for (int i = 0; i < rows.length; i += IDS_PER_LOCK) {
      List<String> batch = ids.subList(i, Math.min(rows.length, i + IDS_PER_LOCK));
      System.arraycopy(read(() -> comparison.findRows(batch)), 0, rows, i, batch.size());
    }
    comparison.searchEmbeddings(embedded, rows, read(comparison::countOthers));
  }

  @Override
  public void close() {
    embeddings.close();
  }

  private void write(Runnable change) {
    Lock writeLock = lock.writeLock();
    writeLock.lock();
    try {
      change.run();
    } finally {
      writeLock.unlock();
    }
  }

  private <T, E extends Exception> T read(Query<T, E> query) throws E {
    Lock readLock = lock.readLock();
    readLock.lock();
    try {
      return query.run();
    } finally {
      readLock.unlock();
    }
  }

  private interface Query<T, E extends Exception> {
    T run() throws E;
  }
}
