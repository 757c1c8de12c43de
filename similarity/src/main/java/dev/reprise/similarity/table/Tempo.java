package dev.reprise.similarity.table;

import java.util.Locale;

/** How a tempo is compared with another. */
public enum Tempo {
  /** By the difference in beats per minute, as any other column. */
  LINEAR,
  /**
   * As a point on a circle with one turn per octave, so that 60 and 120 beats per minute are the
   * same. The circle's diameter is 1: half an octave apart is as far as the ends of any feature
   * that goes from 0 to 1.
   */
  CIRCULAR;

  private static final double RADIUS = 0.5;

  /** The name in requests and answers. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The first coordinate on the circle, -0.5 to 0.5.
   *
   * @param beatsPerMinute above 0, or NaN
   */
  static double x(double beatsPerMinute) {
    return RADIUS * StrictMath.cos(angle(beatsPerMinute));
  }

  /** The second coordinate; see {@link #x}. */
  static double y(double beatsPerMinute) {
    return RADIUS * StrictMath.sin(angle(beatsPerMinute));
  }

  private static double angle(double beatsPerMinute) {
    // Whole octaves are the exponent of the number itself: without it they differ in no digit.
    double withinOctave = beatsPerMinute / Math.scalb(1.0, Math.getExponent(beatsPerMinute));
    return 2 * Math.PI * StrictMath.log(withinOctave) / StrictMath.log(2);
  }
}
