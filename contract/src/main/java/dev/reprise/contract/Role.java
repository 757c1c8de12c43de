package dev.reprise.contract;

import java.util.Locale;

/** What a model is there for. */
public enum Role {
  /** Its predictions are what people read. */
  SERVING,

  /** Scores the same clips, for comparison only. */
  SHADOW;

  /** The word in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
