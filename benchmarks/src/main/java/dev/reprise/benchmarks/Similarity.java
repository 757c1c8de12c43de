package dev.reprise.benchmarks;

/**
 * How long the searches for similar tracks take: the exact ones over a million tracks by eight
 * features, and those of embeddings.
 *
 * <p>Argument: embeddings.
 */
public final class Similarity {
  private Similarity() {}

  public static void main(String[] args) throws Exception {
    new SimilarityScan().run();
    new SimilarityEmbeddings(Integer.parseInt(args[0])).run();
  }
}
