package dev.reprise.similarity.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.Truth;
import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import dev.reprise.similarity.v1.Agreement;
import dev.reprise.similarity.v1.ComparedGroup;
import dev.reprise.similarity.v1.ComparedSearch;
import dev.reprise.similarity.v1.Comparison;
import dev.reprise.similarity.v1.LeftOut;
import dev.reprise.similarity.v1.Neighbour;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.function.Function;
import org.hipparchus.stat.correlation.SpearmansCorrelation;
import org.junit.jupiter.api.Test;

class ComparisonTest extends TrackIndexTestBase {
  private static final int TRACKS = 50;

  private void fill() {
    Random random = new Random(1);
    for (int i = 0; i < TRACKS; i++) {
      double[] values = random.doubles(8).toArray();
      values[Feature.TEMPO.ordinal()] = 60 + 100 * random.nextDouble();
      float[] embedding = {random.nextFloat(), random.nextFloat(), random.nextFloat()};
      index.putPrediction("t" + i, MODEL, Feature.toRecord(values), embedding);
      if (i % 2 == 0) {
        index.putTruth(
            "t" + i, Truth.newBuilder().setAudioFeatures(Feature.toRecord(values)).build());
      }
    }
  }

  @Test
  void everyGroupIsSearchedByEveryApplicableMetric() throws Exception {
    fill();
    index.putTruth("t1", location(1, 2));
    index.putTruth("t3", location(3, 4));
    Comparison truthless = index.compare("t1", 5, Tempo.LINEAR);
    assertThat(truthless.getGroupsList())
        .extracting(ComparedGroup::getGroup)
        .containsExactly("predicted_features", "embedding", "metadata");
    assertThat(truthless.getSearchesList()).hasSize(9);
    assertThat(truthless.getAgreementsList()).hasSize(36);
    assertThat(truthless.getLeftOutList())
        .extracting(LeftOut::getGroup)
        .containsExactly("audio_features", "social_features", "temporal_features", "ranks");
    assertThat(truthless.getLeftOut(0).getWhy())
        .isEqualTo("The track's truth has no values in this group.");
    index.removePrediction("t1");
    assertThat(index.compare("t1", 5, Tempo.LINEAR).getLeftOut(0).getWhy())
        .isEqualTo("The track is not predicted.");
    assertThatThrownBy(() -> index.compare("x", 5, Tempo.LINEAR))
        .isInstanceOf(TrackNotFoundException.class);
  }

  @Test
  void searchesMatchSimilarQueries() throws Exception {
    fill();
    Comparison comparison = index.compare("t4", 7, Tempo.CIRCULAR);
    for (ComparedSearch search : comparison.getSearchesList()) {
      Group group = labelled(Group.values(), Group::label, search.getGroup());
      Metric metric = labelled(Metric.values(), Metric::label, search.getMetric());
      Tempo tempo = group.hasTempo() ? Tempo.CIRCULAR : Tempo.LINEAR;
      var similar = index.similar(new SimilarQuery("t4", group, metric, tempo, 7));
      assertThat(search.getCoverage()).isEqualTo(similar.getCoverage());
      assertThat(search.getNeighboursList())
          .isEqualTo(
              similar.getNeighboursList().stream()
                  .map(it -> it.toBuilder().clearValues().build())
                  .toList());
    }
  }

  private static <T> T labelled(T[] all, Function<T, String> label, String wanted) {
    return Arrays.stream(all)
        .filter(it -> label.apply(it).equals(wanted))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void scalesCoverAllTracks() throws Exception {
    fill();
    ComparedGroup group = index.compare("t4", 7, Tempo.LINEAR).getGroups(0);
    assertThat(group.getFeaturesList()).hasSize(8).allMatch(it -> it.getTracks() == TRACKS);
    assertThat(group.getFeaturesList().stream().mapToDouble(it -> it.getShare()).sum())
        .isCloseTo(1, within(1e-12));
    assertThat(group.getFeatures(Feature.TEMPO.ordinal()).getShare()).isGreaterThan(0.99);
  }

  @Test
  void agreementCoversTheTracksThatBothCompared() throws Exception {
    fill();
    Comparison comparison = index.compare("t4", 5, Tempo.LINEAR);
    Agreement same = agreement(comparison, "predicted_features", "audio_features");
    // The truth equals the prediction, for every other track.
    assertThat(same.getTracks()).isEqualTo(TRACKS / 2 - 1);
    assertThat(same.getRankCorrelation()).isCloseTo(1, within(1e-12));
    assertThat(same.getOverlap()).isLessThan(1);
    Agreement other = agreement(comparison, "predicted_features", "embedding");
    assertThat(other.getTracks()).isEqualTo(TRACKS - 1);
    assertThat(other.getRankCorrelation())
        .isCloseTo(
            new SpearmansCorrelation()
                .correlation(
                    distances("t4", Group.PREDICTED_FEATURES), distances("t4", Group.EMBEDDING)),
            within(1e-12));
  }

  private static Agreement agreement(Comparison comparison, String first, String second) {
    return comparison.getAgreementsList().stream()
        .filter(it -> it.getFirst().getMetric().equals("euclidean"))
        .filter(it -> it.getSecond().getMetric().equals("euclidean"))
        .filter(it -> it.getFirst().getGroup().equals(first))
        .filter(it -> it.getSecond().getGroup().equals(second))
        .findFirst()
        .orElseThrow();
  }

  /** Returns the distances to the other tracks, by track id. */
  private double[] distances(String id, Group group) throws Exception {
    return index
        .similar(new SimilarQuery(id, group, Metric.EUCLIDEAN, Tempo.LINEAR, TRACKS))
        .getNeighboursList()
        .stream()
        .sorted(Comparator.comparing(Neighbour::getTrackId))
        .mapToDouble(Neighbour::getDistance)
        .toArray();
  }

  @Test
  void singleTrackHasNoAgreement() throws Exception {
    index.putPrediction("a", MODEL, features(0.5, 100), NO_EMBEDDING);
    Comparison comparison = index.compare("a", 5, Tempo.LINEAR);
    assertThat(comparison.getAgreementsList())
        .hasSize(6)
        .allMatch(it -> !it.hasRankCorrelation() && it.getOverlap() == 0 && it.getTracks() == 0);
  }
}
