package dev.reprise.similarity.embedding;

/**
 * The embedding of a track: the output of a model's last hidden layer.
 *
 * @param model name@version; vectors of different models are never compared
 * @param vector [dimension], not copied
 */
@SuppressWarnings("ArrayRecordComponent") // created for each query, and not compared
public record Embedding(String model, float[] vector) {}
