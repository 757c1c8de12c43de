package dev.reprise.benchmarks;

/**
 * Measures the searches for similar tracks: exact search over a million tracks by eight features,
 * and search by embeddings.
 *
 * <p>Argument: the number of embeddings.
 */
public final class Similarity {
  private Similarity() {}

  public static void main(String[] args) throws Exception {
    new SimilarityScan().run();
    new SimilarityEmbeddings(Integer.parseInt(args[0])).run();
  }
}
