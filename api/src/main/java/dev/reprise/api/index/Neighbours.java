package dev.reprise.api.index;

import dev.reprise.api.similarity.Metric;
import dev.reprise.api.v1.Neighbour;

/** What was found, as messages. */
final class Neighbours {
  private Neighbours() {}

  static Neighbour.Builder of(String id, Metric metric, double distance, int shared) {
    Neighbour.Builder neighbour =
        Neighbour.newBuilder().setTrackId(id).setDistance(distance).setShared(shared);
    if (metric.isCosine()) {
      neighbour.setSimilarity(1 - distance);
    }
    return neighbour;
  }
}
