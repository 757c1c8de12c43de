package dev.reprise.similarity.embedding;

/**
 * What a model's last layer says of a track.
 *
 * @param model name@version; vectors of different models are never compared
 * @param vector handed over
 */
@SuppressWarnings("ArrayRecordComponent") // made for each answer, and not compared
public record Embedding(String model, float[] vector) {}
