package dev.reprise.inference.scoring;

/**
 * The tempo of a clip or a track.
 *
 * @param bpm beats per minute
 * @param alternateBpm the second most likely tempo, in beats per minute
 * @param confidence probability that {@code bpm} is right, 0 to 1
 */
public record TempoEstimate(double bpm, double alternateBpm, double confidence) {}
