package dev.reprise.api.similarity;

import java.util.Arrays;

/**
 * 1 minus the cosine similarity over the coordinates that both have. The similarity to a vector of
 * zeros is 0, as in scikit-learn.
 */
final class CosineDistance implements Distance {
  private final Query query;
  private final double[] squares = new double[Chunk.ROWS];

  CosineDistance(Query query) {
    this.query = query;
  }

  @Override
  public void toChunk(Chunk chunk, double[] distances) {
    Arrays.fill(distances, 0);
    Arrays.fill(squares, 0);
    double querySquares = 0;
    for (Coordinate coordinate : query.coordinates()) {
      double own = coordinate.scaled(coordinate.value());
      querySquares += own * own;
      addProducts(
          chunk.coordinate(coordinate.index()),
          coordinate.mean(),
          coordinate.weight(),
          own,
          distances,
          squares);
    }
    toDistances(distances, squares, Math.sqrt(querySquares));
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
  public double toRow(Chunk chunk, int row, int shared) {
    double product = 0;
    double rowSquares = 0;
    double querySquares = 0;
    for (Coordinate coordinate : query.coordinates()) {
      double stored = chunk.value(coordinate.index(), row);
      if (!Double.isNaN(stored)) {
        double value = coordinate.scaled(stored);
        double own = coordinate.scaled(coordinate.value());
        product += value * own;
        rowSquares += value * value;
        querySquares += own * own;
      }
    }
    return distance(product, rowSquares, Math.sqrt(querySquares));
  }
}
