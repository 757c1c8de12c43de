package dev.reprise.runtime;

import java.util.stream.Stream;

/**
 * Whether a part of a service is up, and why not if it is down.
 *
 * @param reason one sentence; empty if it is up
 */
public record Health(String reason) {
  public static final Health UP = new Health("");

  /**
   * @param reason one sentence
   */
  public static Health down(String reason) {
    if (reason.isEmpty()) {
      throw new IllegalArgumentException("Down needs a reason.");
    }
    return new Health(reason);
  }

  public boolean isUp() {
    return reason.isEmpty();
  }

  /** Returns the first that is down, or {@link #UP}. */
  public static Health all(Stream<Health> parts) {
    return parts.filter(part -> !part.isUp()).findFirst().orElse(UP);
  }
}
