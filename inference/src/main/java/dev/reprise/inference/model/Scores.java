package dev.reprise.inference.model;

/**
 * What the model says of one clip.
 *
 * @param features [8], in natural units, in the order of {@link dev.reprise.contract.Feature}
 * @param genres [G], probabilities in the order of the model's genre names
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
public record Scores(float[] features, float[] genres) {}
