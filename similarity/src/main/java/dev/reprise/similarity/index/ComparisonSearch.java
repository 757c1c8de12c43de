package dev.reprise.similarity.index;

import dev.reprise.similarity.embedding.EmbeddingDistances;
import dev.reprise.similarity.table.ColumnScale;
import dev.reprise.similarity.table.Distances;
import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Nearest;
import dev.reprise.similarity.table.RankedDistances;
import dev.reprise.similarity.table.Tempo;
import dev.reprise.similarity.table.VectorTable;
import dev.reprise.similarity.v1.ComparedGroup;
import dev.reprise.similarity.v1.ComparedSearch;
import dev.reprise.similarity.v1.Comparison;
import dev.reprise.similarity.v1.Coverage;
import dev.reprise.similarity.v1.FeatureScale;
import dev.reprise.similarity.v1.LeftOut;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Searches for the tracks nearest to a track by every group and metric, and compares the results.
 * The tables must not change during {@link #addGroup}, {@link #search}, {@link #findRows} and
 * {@link #countOthers}, but may change between these calls: each looks the track up again. {@link
 * #searchEmbeddings} and {@link #compare}, the longest step, do not read the tables. Not
 * thread-safe.
 */
final class ComparisonSearch {
  private final TrackVectors vectors;
  private final String trackId;
  private final int k;
  private final Tempo tempo;
  private final Comparison.Builder comparison;
  private final List<RankedSearch> searches = new ArrayList<>();

  ComparisonSearch(TrackVectors vectors, String trackId, int k, Tempo tempo) {
    this.vectors = vectors;
    this.trackId = trackId;
    this.k = k;
    this.tempo = tempo;
    this.comparison = Comparison.newBuilder().setTrackId(trackId).setK(k).setTempo(tempo.label());
  }

  /**
   * Adds the scaling of a group, or the reason why the group is excluded.
   *
   * @param group may be the embedding if the track has none
   * @return whether the group has a table to search
   */
  boolean addGroup(Group group) throws TrackNotFoundException {
    IndexedTrack track = vectors.require(trackId);
    if (group == Group.EMBEDDING || !vectors.has(track, group)) {
      comparison.addLeftOut(
          LeftOut.newBuilder().setGroup(group.label()).setWhy(Missing.reason(track, group)));
      return false;
    }
    List<ColumnScale> scales = vectors.table(group).scales(group.applicable(tempo));
    comparison.addGroups(
        ComparedGroup.newBuilder()
            .setGroup(group.label())
            .addAllFeatures(scales.stream().map(ComparisonSearch::toFeatureScale).toList()));
    return true;
  }

  /** Searches a table, unless the track was removed from it meanwhile. */
  void search(Group group, Metric metric) throws TrackNotFoundException {
    IndexedTrack track = vectors.require(trackId);
    if (vectors.has(track, group)) {
      VectorTable table = vectors.table(group);
      Distances distances = table.distances(track.row, metric, group.applicable(tempo));
      Coverage coverage = vectors.coverage(track, group, distances.size());
      addSearch(
          group,
          metric,
          coverage,
          distances,
          vectors.tracks::id,
          row -> table.shared(track.row, row));
    }
  }

  private static FeatureScale toFeatureScale(ColumnScale scale) {
    return FeatureScale.newBuilder()
        .setFeature(scale.column())
        .setTracks(scale.count())
        .setMinimum(scale.minimum())
        .setMaximum(scale.maximum())
        .setMean(scale.mean())
        .setStandardDeviation(scale.standardDeviation())
        .setShare(scale.share())
        .build();
  }

  /** Counts the other known tracks. */
  int countOthers() throws TrackNotFoundException {
    vectors.require(trackId);
    return vectors.tracks.size() - 1;
  }

  /** Returns the rows of tracks, -1 for a removed track. */
  int[] findRows(List<String> ids) {
    return ids.stream().mapToInt(vectors::row).toArray();
  }

  /**
   * Adds the searches of the embeddings.
   *
   * @param embedded distances by the metrics of the group, in their order
   * @param rows the rows of its ids; tracks at -1 were removed and are excluded
   * @param others the number of other known tracks
   */
  void searchEmbeddings(EmbeddingDistances embedded, int[] rows, int others) {
    int[] indexes = indexesByRow(rows);
    int[] known = IntStream.range(0, indexes.length).filter(row -> indexes[row] >= 0).toArray();
    Coverage coverage = TrackVectors.coverage(others, known.length, known.length);
    comparison.addGroups(ComparedGroup.newBuilder().setGroup(Group.EMBEDDING.label()));
    List<Metric> metrics = Group.EMBEDDING.metrics();
    for (int i = 0; i < metrics.size(); i++) {
      double[] distances = embedded.distances()[i];
      addSearch(
          Group.EMBEDDING,
          metrics.get(i),
          coverage,
          new Distances(
              known, Arrays.stream(known).mapToDouble(row -> distances[indexes[row]]).toArray()),
          row -> embedded.ids().get(indexes[row]),
          row -> embedded.dimension());
    }
  }

  /** Inverts an array of rows: [row], its index in {@code rows}, -1 if absent. */
  private static int[] indexesByRow(int[] rows) {
    int[] indexes = new int[1 + Arrays.stream(rows).max().orElse(-1)];
    Arrays.fill(indexes, -1);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] >= 0) {
        indexes[rows[i]] = i;
      }
    }
    return indexes;
  }

  private void addSearch(
      Group group,
      Metric metric,
      Coverage coverage,
      Distances distances,
      IntFunction<String> ids,
      IntUnaryOperator shared) {
    ComparedSearch.Builder search =
        ComparedSearch.newBuilder()
            .setGroup(group.label())
            .setMetric(metric.label())
            .setCoverage(coverage);
    Nearest nearest = distances.nearest(k, ids);
    nearest
        .matches()
        .forEach(
            match ->
                search.addNeighbours(
                    Neighbours.of(
                        ids.apply(match.row()),
                        metric,
                        match.distance(),
                        shared.applyAsInt(match.row()))));
    searches.add(new RankedSearch(search.build(), new RankedDistances(distances)));
  }

  /** Compares each pair of searches. */
  Comparison compare() {
    for (int i = 0; i < searches.size(); i++) {
      comparison.addSearches(searches.get(i).result());
      for (int j = i + 1; j < searches.size(); j++) {
        comparison.addAgreements(searches.get(i).agreementWith(searches.get(j)));
      }
    }
    return comparison.build();
  }
}
