package dev.reprise.inference.model;

/**
 * The model's raw output for one clip.
 *
 * @param features [8], in natural units, in the order of {@link dev.reprise.contract.Feature}
 * @param uncertainty [8], the standard deviation of the error that the model expects, in the same
 *     units and order
 * @param tempoAlternate the second most likely tempo, half or double the first, in beats per minute
 * @param tempoConfidence probability that the first tempo is right, 0 to 1
 * @param genres [G], probabilities in the order of the model's genre names
 * @param embedding [E], the activations of the layer below the heads
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied, never compared.
public record ModelOutput(
    float[] features,
    float[] uncertainty,
    float tempoAlternate,
    float tempoConfidence,
    float[] genres,
    float[] embedding) {}
