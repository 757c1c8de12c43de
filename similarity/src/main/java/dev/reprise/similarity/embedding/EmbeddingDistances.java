package dev.reprise.similarity.embedding;

import java.util.List;

/**
 * The distances of a track to every other of the same model.
 *
 * @param ids of the others
 * @param distances [metrics][ids], handed over
 * @param dimension of the vectors
 */
@SuppressWarnings("ArrayRecordComponent") // as long as the catalogue: not copied, nor compared
public record EmbeddingDistances(List<String> ids, double[][] distances, int dimension) {}
