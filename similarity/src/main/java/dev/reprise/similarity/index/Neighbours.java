package dev.reprise.similarity.index;

import dev.reprise.similarity.table.Metric;
import dev.reprise.similarity.v1.Neighbour;

/** Converts matches to messages. */
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
