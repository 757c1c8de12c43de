package dev.reprise.similarity.embedding;

import java.util.List;

/**
 * What a search found.
 *
 * @param matches nearest first; where equally near, by id
 * @param compared other vectors of the same model
 * @param dimension of the vectors
 * @param isExact whether every vector was compared, or only those that the graph led to
 */
public record NearestEmbeddings(
    List<EmbeddingMatch> matches, int compared, int dimension, boolean isExact) {
  public NearestEmbeddings {
    matches = List.copyOf(matches);
  }
}
