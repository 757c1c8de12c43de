package dev.reprise.contract;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What makes a track's prediction doubtful although it was scored. The set is bounded: the same
 * word stands in the terminal record of an extraction, in the prediction and in docs/TOPICS.md.
 */
public enum Mark {
  /** Less audio was decoded than the container promises, or the container ends in a fault. */
  TRUNCATED,
  /** No sample of the mean of the channels reaches -60 dBFS. */
  SILENT,
  /** White noise: flat in frequency and steady in time. */
  NOISE,
  /** A single sine and nothing else. */
  TONE,
  /** The channels cancel each other in their mean; one of them was analysed instead. */
  PHASE_INVERTED;

  /** The word used in records and documents, for example {@code phase-inverted}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the mark that {@code label} names, if any. */
  public static Optional<Mark> ofLabel(String label) {
    return Arrays.stream(values()).filter(mark -> mark.label().equals(label)).findFirst();
  }
}
