package dev.reprise.inference.scoring;

/**
 * A clip's or a track's tempo.
 *
 * @param bpm beats per minute
 * @param alternateBpm the next likeliest
 * @param confidence that the first is right, 0 to 1
 */
public record TempoEstimate(double bpm, double alternateBpm, double confidence) {}
