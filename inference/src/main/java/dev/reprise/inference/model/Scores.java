package dev.reprise.inference.model;

/**
 * What the model says of one clip.
 *
 * @param features [8], in natural units, in the order of {@link dev.reprise.contract.Feature}
 * @param uncertainty [8], the standard deviation of the error that the model expects, in the same
 *     units and order
 * @param tempoAlternate the next likeliest tempo, half or double of the first, in beats per minute
 * @param tempoConfidence how likely the first is right, 0 to 1
 * @param genres [G], probabilities in the order of the model's genre names
 * @param embedding [E], the layer below the heads
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
public record Scores(
    float[] features,
    float[] uncertainty,
    float tempoAlternate,
    float tempoConfidence,
    float[] genres,
    float[] embedding) {}
