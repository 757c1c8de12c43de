package dev.reprise.similarity.table;

import java.util.Arrays;

/**
 * Computes 1 minus the cosine similarity over the coordinates that both vectors have. The
 * similarity to a vector of zeros is 0, as in scikit-learn.
 */
final class CosineDistance implements Distance {
  private final ScaledQuery query;
  private final KnownValues column = new KnownValues();

  /** [Chunk.ROWS], sums of squares of the rows' coordinates. */
  private final double[] squares = new double[Chunk.ROWS];

  /** [Chunk.ROWS], sums of squares of the query's coordinates that each row has. */
  private final double[] querySquares = new double[Chunk.ROWS];

  CosineDistance(ScaledQuery query) {
    this.query = query;
  }

  @Override
  public void measureComplete(Chunk chunk, double[] distances) {
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

  // Short loops without branches, which the JIT compiler vectorises.
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
    // Adding the smallest double only matters if a length is 0; the product is then 0 as well.
    // Values whose squares underflow may yield a similarity outside -1 to 1, hence the clamping.
    double similarity = product / (Math.sqrt(squares) * queryLength + Double.MIN_VALUE);
    return 1 - Math.max(-1, Math.min(1, similarity));
  }

  @Override
  public void measurePartial(Chunk chunk, double[] distances, double[] shared) {
    Arrays.fill(distances, 0);
    Arrays.fill(squares, 0);
    Arrays.fill(querySquares, 0);
    Arrays.fill(shared, 0);
    for (Coordinate coordinate : query.coordinates()) {
      double own = coordinate.scaled(coordinate.value());
      // Missing values are filled with the mean, which scales to 0 and adds nothing.
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
