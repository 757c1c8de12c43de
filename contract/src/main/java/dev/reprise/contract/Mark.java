package dev.reprise.contract;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A warning that a scored track's prediction may be unreliable. The set is bounded: the same word
 * is used in the terminal record of an extraction, in the prediction and in docs/TOPICS.md.
 */
public enum Mark {
  /** Less audio was decoded than the container declares, or the container ends in an error. */
  TRUNCATED,
  /** No sample of the channels' mean reaches -60 dBFS. */
  SILENT,
  /** White noise: flat in frequency and steady in time. */
  NOISE,
  /** A single sine and nothing else. */
  TONE,
  /** The channels cancel out in their mean; one of them was analysed instead. */
  PHASE_INVERTED;

  /** Returns the word used in records and documents, for example {@code phase-inverted}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the mark that {@code label} names, if any. */
  public static Optional<Mark> ofLabel(String label) {
    return Arrays.stream(values()).filter(mark -> mark.label().equals(label)).findFirst();
  }
}
