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
 * What is known of all tracks, for the questions that go over all of them: which there are, which
 * are alike, and how they are distributed. Kept in memory and made anew from the stream at each
 * start; the embeddings on disk, where they stay.
 *
 * <p>Thread-safe; what is put and removed of one track must come in order. A read-write lock keeps
 * them still while one is searched: any number of searches run side by side, and a record waits for
 * those that have begun, milliseconds each over a million tracks. While it waits, whoever else
 * reads waits behind it. A comparison takes the lock for each of its searches anew, so that nobody
 * waits for all of it. Embeddings have an index of their own, outside of the lock: a search of them
 * may be one record ahead of the tables.
 */
public final class TrackIndex implements AutoCloseable {
  /** Looked up at a time, in some milliseconds. */
  private static final int IDS_PER_LOCK = 8_192;

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final TrackVectors vectors = new TrackVectors();
  private final EmbeddingIndex embeddings;

  private TrackIndex(EmbeddingIndex embeddings) {
    this.embeddings = embeddings;
  }

  /**
   * @param embeddingFolder for the embeddings alone; what an earlier run left there is taken up
   */
  public static TrackIndex open(Path embeddingFolder) {
    return new TrackIndex(EmbeddingIndex.open(embeddingFolder));
  }

  /**
   * What was predicted of a track, in place of what was before.
   *
   * @param model name@version
   * @param embedding [0 to 1,024], finite; empty where the model has none
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

  /** What is known of a track, in place of what was before. */
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
   * Says that the stream was read to its end. Until it returns, which takes milliseconds for each
   * embedding that an earlier run did not leave, searches of embeddings answer as that run left
   * them; puts and removals may go on meanwhile.
   */
  public void restored() {
    embeddings.restored();
  }

  /** The first {@code limit} tracks, in the order of their ids, whose id begins with the prefix. */
  public TrackList list(String prefix, int limit) {
    return read(() -> vectors.tracks.list(prefix, limit));
  }

  /** Whether anything is predicted of a track. */
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

  /** The name@version that most tracks are predicted by. */
  public Optional<String> mainModel() {
    return read(vectors.tracks::mainModel);
  }

  /**
   * How a feature is distributed over the tracks that a model predicted.
   *
   * @param bins how many, equal, from the feature's minimum to its maximum; 1 and up
   * @return [bins] counts; values out of range are in the nearest bin
   */
  public int[] histogram(Feature feature, int bins, String model) {
    return read(() -> FeatureHistogram.of(vectors, feature, bins, model));
  }

  /**
   * @throws ImpossibleQueryException if the metric or the tempo says nothing of the group
   * @throws TrackNotFoundException if the track is not known or has nothing in the group
   */
  public Similar similar(SimilarQuery query)
      throws ImpossibleQueryException, TrackNotFoundException {
    query.check();
    if (query.group() != Group.EMBEDDING) {
      return read(() -> new SimilarSearch(vectors, query).inTable());
    }
    Optional<NearestEmbeddings> nearest =
        embeddings.nearest(query.trackId(), query.metric(), query.k());
    return read(() -> new SimilarSearch(vectors, query).ofEmbeddings(nearest));
  }

  /**
   * Searches by every metric in every group that the track has something in, and compares the
   * answers. Takes a pass over all tracks for each, and memory for the distances: one at a time is
   * enough.
   *
   * <p>Records may come between the searches: each is of one moment, the comparison of several,
   * seconds apart over a million tracks. A track that is forgotten meanwhile is in some of the
   * searches only, and one that takes its row stands for it in the rank correlation.
   *
   * @param k neighbours of each search, 1 and up
   * @param tempo how tempo is compared, in the groups that have one
   * @throws TrackNotFoundException if the track is not known, or not until the end
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
      } else if (read(() -> comparison.begin(group))) {
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
      List<String> some = ids.subList(i, Math.min(rows.length, i + IDS_PER_LOCK));
      System.arraycopy(read(() -> comparison.rows(some)), 0, rows, i, some.size());
    }
    comparison.searchEmbeddings(embedded, rows, read(comparison::others));
  }

  @Override
  public void close() {
    embeddings.close();
  }

  private void write(Runnable change) {
    Lock alone = lock.writeLock();
    alone.lock();
    try {
      change.run();
    } finally {
      alone.unlock();
    }
  }

  private <T, E extends Exception> T read(Question<T, E> question) throws E {
    Lock shared = lock.readLock();
    shared.lock();
    try {
      return question.answer();
    } finally {
      shared.unlock();
    }
  }

  private interface Question<T, E extends Exception> {
    T answer() throws E;
  }
}
