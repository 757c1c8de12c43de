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
 * Searches what is like a track in every way there is, and compares the answers. The tables must
 * stand still during each {@link #begin}, {@link #search}, {@link #rows} and {@link #others}, and
 * may change between them: the track is looked up anew. {@link #searchEmbeddings} and {@link
 * #compare}, which takes longest, do not read them. Not thread-safe.
 */
final class ComparisonSearch {
  private final TrackVectors vectors;
  private final String trackId;
  private final int k;
  private final Tempo tempo;
  private final Comparison.Builder answer;
  private final List<RankedSearch> searches = new ArrayList<>();

  ComparisonSearch(TrackVectors vectors, String trackId, int k, Tempo tempo) {
    this.vectors = vectors;
    this.trackId = trackId;
    this.k = k;
    this.tempo = tempo;
    this.answer = Comparison.newBuilder().setTrackId(trackId).setK(k).setTempo(tempo.label());
  }

  /**
   * Says how a group is scaled, or why it is left out.
   *
   * @param group also the embedding, where the track has none
   * @return whether it has a table to be searched
   */
  boolean begin(Group group) throws TrackNotFoundException {
    IndexedTrack track = vectors.require(trackId);
    if (group == Group.EMBEDDING || !vectors.has(track, group)) {
      answer.addLeftOut(
          LeftOut.newBuilder().setGroup(group.label()).setWhy(Missing.why(track, group)));
      return false;
    }
    List<ColumnScale> scales = vectors.table(group).scales(group.applicable(tempo));
    answer.addGroups(
        ComparedGroup.newBuilder()
            .setGroup(group.label())
            .addAllFeatures(scales.stream().map(ComparisonSearch::scale).toList()));
    return true;
  }

  /** Searches a table; not at all if the track has nothing there any more. */
  void search(Group group, Metric metric) throws TrackNotFoundException {
    IndexedTrack track = vectors.require(trackId);
    if (vectors.has(track, group)) {
      VectorTable table = vectors.table(group);
      Distances distances = table.distances(track.row, metric, group.applicable(tempo));
      Coverage coverage = vectors.coverage(track, group, distances.size());
      add(
          group,
          metric,
          coverage,
          distances,
          vectors.tracks::id,
          row -> table.shared(track.row, row));
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

  /** How many other tracks are known. */
  int others() throws TrackNotFoundException {
    vectors.require(trackId);
    return vectors.tracks.size() - 1;
  }

  /** The rows of tracks, -1 where one was forgotten. */
  int[] rows(List<String> ids) {
    return ids.stream().mapToInt(vectors::row).toArray();
  }

  /**
   * @param embedded distances by the metrics of the group, in their order
   * @param rows of its ids, -1 where a track was forgotten; it is left out
   * @param others tracks that are known
   */
  void searchEmbeddings(EmbeddingDistances embedded, int[] rows, int others) {
    int[] places = places(rows);
    int[] known = IntStream.range(0, places.length).filter(row -> places[row] >= 0).toArray();
    Coverage coverage = TrackVectors.coverage(others, known.length, known.length);
    answer.addGroups(ComparedGroup.newBuilder().setGroup(Group.EMBEDDING.label()));
    List<Metric> metrics = Group.EMBEDDING.metrics();
    for (int i = 0; i < metrics.size(); i++) {
      double[] distances = embedded.distances()[i];
      add(
          Group.EMBEDDING,
          metrics.get(i),
          coverage,
          new Distances(
              known, Arrays.stream(known).mapToDouble(row -> distances[places[row]]).toArray()),
          row -> embedded.ids().get(places[row]),
          row -> embedded.dimension());
    }
  }

  /** Where each row is among the rows, -1 where it is not. */
  private static int[] places(int[] rows) {
    int[] places = new int[1 + Arrays.stream(rows).max().orElse(-1)];
    Arrays.fill(places, -1);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] >= 0) {
        places[rows[i]] = i;
      }
    }
    return places;
  }

  private void add(
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
