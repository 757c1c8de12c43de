package dev.reprise.similarity.table;

import java.util.Arrays;

/**
 * Computes the Euclidean distance; where columns are missing, it is scaled up by {@code
 * sqrt(columns / shared)}, as in scikit-learn's {@code nan_euclidean_distances}.
 */
final class EuclideanDistance implements Distance {
  private final ScaledQuery query;
  private final KnownValues column = new KnownValues();

  EuclideanDistance(ScaledQuery query) {
    this.query = query;
  }

  @Override
  public void measureComplete(Chunk chunk, double[] distances) {
    Arrays.fill(distances, 0);
    for (Coordinate coordinate : query.coordinates()) {
      addSquares(
          chunk.coordinate(coordinate.index()), coordinate.value(), coordinate.weight(), distances);
    }
    takeRoots(distances, (double) query.allColumns() / query.count());
  }

  // Short loops without branches, which the JIT compiler vectorises.
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
  public void measurePartial(Chunk chunk, double[] distances, double[] shared) {
    Arrays.fill(distances, 0);
    Arrays.fill(shared, 0);
    for (Coordinate coordinate : query.coordinates()) {
      // Missing values are filled with the query's own value, which adds nothing.
      column.set(chunk.coordinate(coordinate.index()), coordinate.value());
      addSquares(column.values, coordinate.value(), coordinate.weight(), distances);
      column.addKnown(coordinate.columns(), shared);
    }
    takeRoots(distances, shared, query.allColumns());
  }

  private static void takeRoots(double[] sums, double[] shared, double allColumns) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      sums[row] = Math.sqrt(sums[row] * (allColumns / shared[row]));
    }
  }
}
