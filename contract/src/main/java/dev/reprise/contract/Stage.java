package dev.reprise.contract;

import java.util.Locale;

/** The step of the pipeline at which an input was rejected. */
public enum Stage {
  EVENT,
  FETCH,
  DECODE,
  SCORE,
  EVALUATE;

  /** Returns the word used in headers, metric labels and documents. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
