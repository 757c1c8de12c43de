package dev.reprise.contract;

import java.util.Locale;

/** The role of a loaded model. */
public enum Role {
  /** Its predictions are the ones served to clients. */
  SERVING,

  /** Scores the same clips, for comparison only. */
  SHADOW;

  /** Returns the word used in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
