package dev.reprise.similarity.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.similarity.embedding.EmbeddingDistances;
import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import dev.reprise.similarity.v1.ComparedSearch;
import dev.reprise.similarity.v1.Comparison;
import dev.reprise.similarity.v1.Neighbour;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Comparisons whose tracks are added and removed between the searches. */
class ComparisonSearchTest {
  private static final Group GROUP = Group.PREDICTED_FEATURES;

  private final TrackVectors vectors = new TrackVectors();
  private final ComparisonSearch comparison = new ComparisonSearch(vectors, "q", 5, Tempo.LINEAR);

  private void put(String id, double value) {
    IndexedTrack track = vectors.tracks.findOrAdd(id);
    vectors.table(GROUP).put(track.row, GroupVectors.of(TrackIndexTestBase.features(value, 100)));
    vectors.tracks.setModel(track, TrackIndexTestBase.MODEL);
  }

  private void remove(String id) throws TrackNotFoundException {
    IndexedTrack track = vectors.require(id);
    vectors.table(GROUP).remove(track.row);
    vectors.tracks.setModel(track, null);
  }

  @Test
  void rowOfRemovedTrackMayBeReused() throws Exception {
    put("q", 0.5);
    put("a", 0.4);
    put("b", 0.1);
    assertThat(comparison.addGroup(GROUP)).isTrue();
    comparison.search(GROUP, Metric.EUCLIDEAN);
    remove("a");
    comparison.search(GROUP, Metric.COSINE);
    put("c", 0.6);
    comparison.search(GROUP, Metric.STANDARDISED_EUCLIDEAN);
    Comparison result = comparison.compare();
    assertThat(result.getSearchesList())
        .extracting(ComparisonSearchTest::ids)
        .containsExactly(List.of("a", "b"), List.of("b"), List.of("c", "b"));
    assertThat(result.getAgreementsList()).hasSize(3);
  }

  @Test
  void removedTrackIsNotFound() throws Exception {
    put("q", 0.5);
    put("a", 0.4);
    assertThat(comparison.addGroup(GROUP)).isTrue();
    remove("q");
    assertThatThrownBy(() -> comparison.search(GROUP, Metric.COSINE))
        .isInstanceOf(TrackNotFoundException.class);
    assertThatThrownBy(() -> comparison.addGroup(Group.RANKS))
        .isInstanceOf(TrackNotFoundException.class);
  }

  @Test
  void groupIsNotSearchedOnceTheTrackHasNoValuesInIt() throws Exception {
    put("q", 0.5);
    put("a", 0.4);
    assertThat(comparison.addGroup(GROUP)).isTrue();
    comparison.search(GROUP, Metric.EUCLIDEAN);
    vectors.tracks.setTruth(vectors.require("q"), true);
    remove("q");
    comparison.search(GROUP, Metric.COSINE);
    assertThat(comparison.compare().getSearchesList())
        .extracting(ComparedSearch::getMetric)
        .containsExactly("euclidean");
  }

  @Test
  void embeddingsOfRemovedTracksAreLeftOut() throws Exception {
    put("q", 0.5);
    put("a", 0.4);
    put("b", 0.1);
    List<String> ids = List.of("b", "gone", "a");
    int[] rows = comparison.findRows(ids);
    assertThat(rows).containsExactly(2, -1, 1);
    remove("b");
    double[] distances = {0.5, 0.1, 0.25};
    comparison.searchEmbeddings(
        new EmbeddingDistances(ids, new double[][] {distances, distances, distances, distances}, 3),
        rows,
        comparison.countOthers());
    ComparedSearch search = comparison.compare().getSearches(0);
    assertThat(ids(search)).containsExactly("a", "b");
    assertThat(search.getNeighbours(0).getDistance()).isEqualTo(0.25);
    assertThat(search.getCoverage().getCompared()).isEqualTo(2);
    assertThat(search.getCoverage().getTracks()).isEqualTo(1);
  }

  private static List<String> ids(ComparedSearch search) {
    return search.getNeighboursList().stream().map(Neighbour::getTrackId).toList();
  }
}
