package dev.reprise.cli.similar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.similarity.v1.Coverage;
import dev.reprise.similarity.v1.Neighbour;
import dev.reprise.similarity.v1.Similar;
import org.junit.jupiter.api.Test;

class SimilarTextTest {
  private static Similar.Builder similar(String metric) {
    return Similar.newBuilder()
        .setTrackId("2")
        .setGroup("audio_features")
        .setMetric(metric)
        .setTempo("linear")
        .setSearch("exact")
        .setCoverage(Coverage.newBuilder().setTracks(9).setCompared(4).setComplete(3));
  }

  private static Neighbour.Builder neighbour(String id, double distance, int shared) {
    return Neighbour.newBuilder().setTrackId(id).setDistance(distance).setShared(shared);
  }

  private static Printed print(Similar.Builder similar) {
    return Printed.by(terminal -> SimilarText.print(similar.build(), terminal));
  }

  /** The similarities would all be printed as 1.000000. */
  @Test
  void printsDistancesToDistinguishCosines() {
    Printed printed =
        print(
            similar("cosine")
                .addFeatures("tempo")
                .putValues("tempo", 165.922)
                .addNeighbours(
                    neighbour("12634", 3.661e-7, 1)
                        .setSimilarity(1 - 3.661e-7)
                        .putValues("tempo", 163.836))
                .addNeighbours(neighbour("34669", 4.117e-7, 1).setSimilarity(1 - 4.117e-7)));
    assertThat(printed.out())
        .containsExactly(
            "track  distance  tempo",
            "2                165.922",
            "12634  3.66e-07  163.836",
            "34669  4.12e-07  -");
    assertThat(printed.err())
        .containsExactly(
            "audio_features by cosine, exactly: compared with 4 of 9 other tracks, 3 of which have all"
                + " values of this group.");
  }

  @Test
  void printsSharedColumnsIfTheyDiffer() {
    assertThat(
            print(
                    similar("euclidean")
                        .addNeighbours(neighbour("a", 0.778841, 8))
                        .addNeighbours(neighbour("b", 2.0345, 5)))
                .out())
        .containsExactly(
            "track  distance  shared", "2", "a      0.779     8", "b      2.03      5");
  }
}
