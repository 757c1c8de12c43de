package dev.reprise.extractor.mfcc;

/**
 * The mel scale of Slaney's Auditory Toolbox (1998), librosa's default: linear below 1 kHz (200/3
 * Hz per mel), logarithmic above (27 mel for each factor of 6.4).
 */
final class MelScale {
  private static final double HZ_PER_MEL = 200.0 / 3;
  private static final double BREAK_HZ = 1000;
  private static final double BREAK_MEL = BREAK_HZ / HZ_PER_MEL;
  private static final double LOG_STEP = Math.log(6.4) / 27;

  private MelScale() {}

  static double toMel(double hz) {
    return hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
  }

  static double toHz(double mel) {
    return mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
  }
}
