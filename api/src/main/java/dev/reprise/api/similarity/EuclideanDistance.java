package dev.reprise.api.similarity;

import java.util.Arrays;

/**
 * The Euclidean distance; where columns are missing scaled up by {@code sqrt(columns / shared)}, as
 * scikit-learn's {@code nan_euclidean_distances}.
 */
final class EuclideanDistance implements Distance {
  private final Query query;

  EuclideanDistance(Query query) {
    this.query = query;
  }

  @Override
  public void toChunk(Chunk chunk, double[] distances) {
    Arrays.fill(distances, 0);
    for (Coordinate coordinate : query.coordinates()) {
      addSquares(
          chunk.coordinate(coordinate.index()), coordinate.value(), coordinate.weight(), distances);
    }
    takeRoots(distances, scale(query.count()));
  }

  // One short loop each, without a branch: the compiler makes vector instructions of it.
  private static void addSquares(double[] values, double from, double weight, double[] sums) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      double difference = (values[row] - from) * weight;
      sums[row] += difference * difference;
    }
  }

  private static void takeRoots(double[] sums, double scale) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      sums[row] = Math.sqrt(sums[row] * scale);
    }
  }

  @Override
  public double toRow(Chunk chunk, int row, int shared) {
    double sum = 0;
    for (Coordinate coordinate : query.coordinates()) {
      double value = chunk.value(coordinate.index(), row);
      if (!Double.isNaN(value)) {
        double difference = (value - coordinate.value()) * coordinate.weight();
        sum += difference * difference;
      }
    }
    return Math.sqrt(sum * scale(shared));
  }

  private double scale(int shared) {
    return (double) query.allColumns() / shared;
  }
}
