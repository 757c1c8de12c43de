package dev.reprise.similarity.table;

import java.util.Locale;

/** The scale by which tempos are compared. */
public enum Tempo {
  /** The difference in beats per minute, as for any other column. */
  LINEAR,
  /**
   * The distance between points on a circle with one turn per octave, so that 60 and 120 beats per
   * minute are the same. The circle's diameter is 1: tempos half an octave apart are as distant as
   * the extremes of a feature with range 0 to 1.
   */
  CIRCULAR;

  private static final double RADIUS = 0.5;

  /** Returns the name in requests and responses. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the first coordinate on the circle, -0.5 to 0.5.
   *
   * @param beatsPerMinute above 0, or NaN
   */
  static double x(double beatsPerMinute) {
    return RADIUS * StrictMath.cos(angle(beatsPerMinute));
  }

  /** Returns the second coordinate; see {@link #x}. */
  static double y(double beatsPerMinute) {
    return RADIUS * StrictMath.sin(angle(beatsPerMinute));
  }

  private static double angle(double beatsPerMinute) {
    // The floating-point exponent counts whole octaves; without it, octaves are bitwise equal.
    double withinOctave = beatsPerMinute / Math.scalb(1.0, Math.getExponent(beatsPerMinute));
    return 2 * Math.PI * StrictMath.log(withinOctave) / StrictMath.log(2);
  }
}
