package dev.reprise.similarity.embedding;

import java.util.List;

/**
 * The distances from a track to every other track of the same model.
 *
 * @param ids the ids of the other tracks
 * @param distances [metrics][ids], not copied
 * @param dimension the length of the vectors
 */
@SuppressWarnings("ArrayRecordComponent") // one value per track: neither copied nor compared
public record EmbeddingDistances(List<String> ids, double[][] distances, int dimension) {}
