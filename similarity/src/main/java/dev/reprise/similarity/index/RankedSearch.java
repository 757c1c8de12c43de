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
 * @param result as in the response
 * @param distances the distances to all tracks that could be compared
 */
record RankedSearch(ComparedSearch result, RankedDistances distances) {
  Agreement agreementWith(RankedSearch other) {
    RankCorrelation correlation = distances.correlate(other.distances);
    Agreement.Builder agreement =
        Agreement.newBuilder()
            .setFirst(name())
            .setSecond(other.name())
            .setOverlap(Overlap.of(neighbourIds(), other.neighbourIds()))
            .setTracks(correlation.rows());
    correlation.spearman().ifPresent(agreement::setRankCorrelation);
    return agreement.build();
  }

  private SearchName name() {
    return SearchName.newBuilder()
        .setGroup(result.getGroup())
        .setMetric(result.getMetric())
        .build();
  }

  private List<String> neighbourIds() {
    return result.getNeighboursList().stream().map(Neighbour::getTrackId).toList();
  }
}
