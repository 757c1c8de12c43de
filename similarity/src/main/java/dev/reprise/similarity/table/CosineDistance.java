package dev.reprise.similarity.table;

import java.util.Arrays;

/**
 * 1 minus the cosine similarity over the coordinates that both have. The similarity to a vector of
 * zeros is 0, as in scikit-learn.
 */
final class CosineDistance implements Distance {
  private final ScaledQuery query;
  private final KnownValues column = new KnownValues();

  /** [Chunk.ROWS], of the rows' coordinates; and of the query's, those that a row has. */
  private final double[] squares = new double[Chunk.ROWS];

  private final double[] querySquares = new double[Chunk.ROWS];

  CosineDistance(ScaledQuery query) {
    this.query = query;
  }

  @Override
  public void toComplete(Chunk chunk, double[] distances) {
    Arrays.fill(distances, 0);
    Arrays.fill(squares, 0);
    double ownSquares = 0;
    for (Coordinate coordinate : query.coordinates()) {
      double own = coordinate.scaled(coordinate.value());
      ownSquares += own * own;
      addProducts(
          chunk.coordinate(coordinate.index()),
          coordinate.mean(),
          coordinate.weight(),
          own,
          distances,
          squares);
    }
    toDistances(distances, squares, Math.sqrt(ownSquares));
  }

  // One short loop each, without a branch: the compiler makes vector instructions of it.
  private static void addProducts(
      double[] values,
      double mean,
      double weight,
      double own,
      double[] products,
      double[] squares) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      double value = (values[row] - mean) * weight;
      products[row] += value * own;
      squares[row] += value * value;
    }
  }

  private static void toDistances(double[] products, double[] squares, double queryLength) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      products[row] = distance(products[row], squares[row], queryLength);
    }
  }

  private static double distance(double product, double squares, double queryLength) {
    // The least number there is changes nothing but a length of 0, whose product is 0 too. Numbers
    // so small that their squares vanish may then lie outside of -1 to 1.
    double similarity = product / (Math.sqrt(squares) * queryLength + Double.MIN_VALUE);
    return 1 - Math.max(-1, Math.min(1, similarity));
  }

  @Override
  public void toAny(Chunk chunk, double[] distances, double[] shared) {
    Arrays.fill(distances, 0);
    Arrays.fill(squares, 0);
    Arrays.fill(querySquares, 0);
    Arrays.fill(shared, 0);
    for (Coordinate coordinate : query.coordinates()) {
      double own = coordinate.scaled(coordinate.value());
      // At the mean, which counts as 0, a missing value adds nothing.
      column.set(chunk.coordinate(coordinate.index()), coordinate.mean());
      addProducts(column.values, coordinate.mean(), coordinate.weight(), own, distances, squares);
      column.addKnown(own * own, querySquares);
      column.addKnown(coordinate.columns(), shared);
    }
    toDistances(distances, squares, querySquares);
  }

  private static void toDistances(double[] products, double[] squares, double[] querySquares) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      products[row] = distance(products[row], squares[row], Math.sqrt(querySquares[row]));
    }
  }
}
