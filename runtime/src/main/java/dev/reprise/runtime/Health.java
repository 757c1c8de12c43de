package dev.reprise.runtime;

import java.util.stream.Stream;

/**
 * The health of a component: up, or down with a reason.
 *
 * @param reason one sentence; empty if up
 */
public record Health(String reason) {
  public static final Health UP = new Health("");

  /**
   * Returns a health that is down.
   *
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

  /** Returns the first component that is down, or {@link #UP}. */
  public static Health all(Stream<Health> components) {
    return components.filter(component -> !component.isUp()).findFirst().orElse(UP);
  }
}
