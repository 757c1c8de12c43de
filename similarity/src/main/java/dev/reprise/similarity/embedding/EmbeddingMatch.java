package dev.reprise.similarity.embedding;

/**
 * A track that was found.
 *
 * @param distance in the metric's unit, 0 and up
 */
public record EmbeddingMatch(String id, double distance) {}
