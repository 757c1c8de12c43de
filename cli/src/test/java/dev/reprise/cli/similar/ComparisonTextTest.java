package dev.reprise.cli.similar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.similarity.v1.ComparedGroup;
import dev.reprise.similarity.v1.ComparedSearch;
import dev.reprise.similarity.v1.Comparison;
import dev.reprise.similarity.v1.FeatureScale;
import dev.reprise.similarity.v1.LeftOut;
import dev.reprise.similarity.v1.Neighbour;
import org.junit.jupiter.api.Test;

class ComparisonTextTest {
  private static FeatureScale scale(String feature, double minimum, double share) {
    return FeatureScale.newBuilder()
        .setFeature(feature)
        .setTracks(13_129)
        .setMinimum(minimum)
        .setMaximum(251.1)
        .setMean(123.14)
        .setStandardDeviation(35.01)
        .setShare(share)
        .build();
  }

  private static Printed print(String metric, FeatureScale... scales) {
    ComparedGroup.Builder group = ComparedGroup.newBuilder().setGroup("audio_features");
    for (FeatureScale scale : scales) {
      group.addFeatures(scale);
    }
    Comparison comparison =
        Comparison.newBuilder()
            .setK(1)
            .addGroups(group)
            .addSearches(
                ComparedSearch.newBuilder()
                    .setGroup("audio_features")
                    .setMetric(metric)
                    .addNeighbours(Neighbour.newBuilder().setTrackId("7")))
            .addLeftOut(LeftOut.newBuilder().setGroup("ranks").setWhy("Nothing there."))
            .build();
    return Printed.by(terminal -> ComparisonText.print(comparison, terminal));
  }

  @Test
  void printsTheSharesOfARawDistance() {
    Printed printed =
        print(
            "euclidean", scale("acousticness", 9.035e-7, 0.00012), scale("tempo", 12.75, 0.99958));
    assertThat(printed.out())
        .startsWith(
            "audio_features, with each column's share of the raw squared Euclidean distance:",
            "column        tracks  minimum   maximum  mean  deviation  share",
            "acousticness  13129   9.04e-07  251      123   35.0       0.01 %",
            "tempo         13129   12.8      251      123   35.0       99.96 %",
            "tempo accounts for 99.96 % of a raw squared Euclidean distance, since its values vary"
                + " most; the standardised metrics give each column the same weight.",
            "",
            "The 1 nearest, by group and metric:");
    assertThat(printed.err()).containsExactly("ranks was excluded: Nothing there.");
  }

  @Test
  void printsNoNoteIfNoColumnDominates() {
    assertThat(print("euclidean", scale("energy", 1, 0.5), scale("valence", 1, 0.5)).out())
        .noneMatch(line -> line.contains(" makes "));
    assertThat(print("euclidean", scale("energy", 1, 1)).out())
        .noneMatch(line -> line.contains(" makes "));
  }

  /** Degrees have no Euclidean distance. */
  @Test
  void aGroupWithoutEuclideanDistanceHasNoShares() {
    assertThat(print("great-circle", scale("artist_latitude", 1, 0.9), scale("b", 1, 0.1)).out())
        .first()
        .isEqualTo("The 1 nearest, by group and metric:");
  }
}
