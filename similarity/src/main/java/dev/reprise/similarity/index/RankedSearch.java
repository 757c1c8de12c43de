package dev.reprise.similarity.index;

import dev.reprise.similarity.table.Overlap;
import dev.reprise.similarity.table.RankCorrelation;
import dev.reprise.similarity.table.RankedDistances;
import dev.reprise.similarity.v1.Agreement;
import dev.reprise.similarity.v1.ComparedSearch;
import dev.reprise.similarity.v1.Neighbour;
import dev.reprise.similarity.v1.SearchName;
import java.util.List;

/**
 * One search of a comparison.
 *
 * @param answer what it found
 * @param distances to all that it could compare
 */
record RankedSearch(ComparedSearch answer, RankedDistances distances) {
  Agreement with(RankedSearch other) {
    RankCorrelation correlation = distances.with(other.distances);
    Agreement.Builder agreement =
        Agreement.newBuilder()
            .setFirst(name())
            .setSecond(other.name())
            .setOverlap(Overlap.of(nearest(), other.nearest()))
            .setTracks(correlation.rows());
    correlation.spearman().ifPresent(agreement::setRankCorrelation);
    return agreement.build();
  }

  private SearchName name() {
    return SearchName.newBuilder()
        .setGroup(answer.getGroup())
        .setMetric(answer.getMetric())
        .build();
  }

  private List<String> nearest() {
    return answer.getNeighboursList().stream().map(Neighbour::getTrackId).toList();
  }
}
