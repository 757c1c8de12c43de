package dev.reprise.similarity.embedding;

/**
 * A track found by a search of embeddings.
 *
 * @param distance in the metric's unit, 0 and up
 */
public record EmbeddingMatch(String id, double distance) {}
