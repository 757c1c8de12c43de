package dev.reprise.similarity.embedding;

import java.util.List;

/**
 * The result of a search of embeddings.
 *
 * @param matches nearest first; ties by id
 * @param compared the number of other vectors of the same model
 * @param dimension the length of the vectors
 * @param isExact whether every vector was compared, or only the graph's candidates
 */
public record NearestEmbeddings(
    List<EmbeddingMatch> matches, int compared, int dimension, boolean isExact) {
  public NearestEmbeddings {
    matches = List.copyOf(matches);
  }
}
