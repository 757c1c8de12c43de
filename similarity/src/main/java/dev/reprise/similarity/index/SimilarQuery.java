package dev.reprise.similarity.index;

import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.table.Tempo;
import java.util.stream.Collectors;

/**
 * A query for the tracks nearest to a track.
 *
 * @param k the number of neighbours, 1 and up
 */
public record SimilarQuery(String trackId, Group group, Metric metric, Tempo tempo, int k) {
  public SimilarQuery {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + ", not 1 or more.");
    }
  }

  /**
   * Checks the combination of parameters.
   *
   * @throws ImpossibleQueryException if the metric or the tempo scale does not apply to the group
   */
  void check() throws ImpossibleQueryException {
    if (!group.metrics().contains(metric)) {
      throw new ImpossibleQueryException(
          "The group %s cannot be compared by %s: choose %s."
              .formatted(
                  group.label(),
                  metric.label(),
                  group.metrics().stream().map(Metric::label).collect(Collectors.joining(", "))));
    }
    if (tempo == Tempo.CIRCULAR && !group.hasTempo()) {
      throw new ImpossibleQueryException(
          "The group %s has no tempo to put on a circle: leave the tempo linear, or choose %s or %s."
              .formatted(
                  group.label(), Group.PREDICTED_FEATURES.label(), Group.AUDIO_FEATURES.label()));
    }
  }
}
