package dev.reprise.api.index;

import dev.reprise.api.embedding.EmbeddingDistances;
import dev.reprise.api.similarity.ColumnScale;
import dev.reprise.api.similarity.Distances;
import dev.reprise.api.similarity.Metric;
import dev.reprise.api.similarity.Nearest;
import dev.reprise.api.similarity.RankedDistances;
import dev.reprise.api.similarity.Tempo;
import dev.reprise.api.similarity.VectorTable;
import dev.reprise.api.v1.ComparedGroup;
import dev.reprise.api.v1.ComparedSearch;
import dev.reprise.api.v1.Comparison;
import dev.reprise.api.v1.Coverage;
import dev.reprise.api.v1.FeatureScale;
import dev.reprise.api.v1.LeftOut;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Searches what is like a track in every way there is, and compares the answers: first {@link
 * #search} while the tables stand still, then {@link #compare}, which takes longer and needs it no
 * more. Not thread-safe.
 */
final class ComparisonSearch {
  private final TrackVectors vectors;
  private final Track track;
  private final int k;
  private final Tempo tempo;
  private final Comparison.Builder answer;
  private final List<RankedSearch> searches = new ArrayList<>();

  ComparisonSearch(TrackVectors vectors, String trackId, int k, Tempo tempo)
      throws TrackNotFoundException {
    this.vectors = vectors;
    this.track = vectors.require(trackId);
    this.k = k;
    this.tempo = tempo;
    this.answer = Comparison.newBuilder().setTrackId(trackId).setK(k).setTempo(tempo.label());
  }

  /**
   * @param embedded distances by the metrics of the group, in their order; empty where the track
   *     has no embedding
   */
  ComparisonSearch search(Optional<EmbeddingDistances> embedded) {
    for (Group group : Group.values()) {
      if (group == Group.EMBEDDING && embedded.isPresent()) {
        searchEmbeddings(embedded.get());
      } else if (group != Group.EMBEDDING && vectors.has(track, group)) {
        searchTable(group);
      } else {
        answer.addLeftOut(
            LeftOut.newBuilder().setGroup(group.label()).setWhy(Missing.why(track, group)));
      }
    }
    return this;
  }

  private void searchTable(Group group) {
    VectorTable table = vectors.table(group);
    Tempo applied = group.applicable(tempo);
    answer.addGroups(
        ComparedGroup.newBuilder()
            .setGroup(group.label())
            .addAllFeatures(table.scales(applied).stream().map(ComparisonSearch::scale).toList()));
    for (Metric metric : group.metrics()) {
      Distances distances = table.distances(track.row, metric, applied);
      Coverage coverage = vectors.coverage(track, group, distances.size());
      add(group, metric, distances, coverage, row -> table.shared(track.row, row));
    }
  }

  private static FeatureScale scale(ColumnScale scale) {
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

  private void searchEmbeddings(EmbeddingDistances embedded) {
    answer.addGroups(ComparedGroup.newBuilder().setGroup(Group.EMBEDDING.label()));
    int[] rows = embedded.ids().stream().mapToInt(vectors::row).toArray();
    List<Metric> metrics = Group.EMBEDDING.metrics();
    for (int i = 0; i < metrics.size(); i++) {
      Distances distances = byRow(rows, embedded.distances()[i]);
      Coverage coverage = vectors.coverage(distances.size(), distances.size());
      add(Group.EMBEDDING, metrics.get(i), distances, coverage, row -> embedded.dimension());
    }
  }

  /** Without those whose row is -1: tracks that were forgotten since. */
  private Distances byRow(int[] rows, double[] distances) {
    double[] scattered = new double[vectors.tracks.rows()];
    Arrays.fill(scattered, Double.NaN);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] >= 0) {
        scattered[rows[i]] = distances[i];
      }
    }
    int[] known =
        IntStream.range(0, scattered.length).filter(it -> !Double.isNaN(scattered[it])).toArray();
    return new Distances(known, Arrays.stream(known).mapToDouble(it -> scattered[it]).toArray());
  }

  private void add(
      Group group,
      Metric metric,
      Distances distances,
      Coverage coverage,
      ToIntFunction<Integer> shared) {
    ComparedSearch.Builder search =
        ComparedSearch.newBuilder()
            .setGroup(group.label())
            .setMetric(metric.label())
            .setCoverage(coverage);
    Nearest nearest = distances.nearest(k, vectors.tracks::id);
    nearest
        .matches()
        .forEach(
            match ->
                search.addNeighbours(
                    Neighbours.of(
                        vectors.tracks.id(match.row()),
                        metric,
                        match.distance(),
                        shared.applyAsInt(match.row()))));
    searches.add(new RankedSearch(search.build(), new RankedDistances(distances)));
  }

  Comparison compare() {
    for (int i = 0; i < searches.size(); i++) {
      answer.addSearches(searches.get(i).answer());
      for (int j = i + 1; j < searches.size(); j++) {
        answer.addAgreements(searches.get(i).with(searches.get(j)));
      }
    }
    return answer.build();
  }
}
