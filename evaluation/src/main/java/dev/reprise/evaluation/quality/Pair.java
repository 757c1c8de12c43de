package dev.reprise.evaluation.quality;

import java.util.OptionalLong;

/**
 * A prediction beside its truth, in millionths of the feature's unit.
 *
 * @param baseline what a predictor that hears nothing would have said, if known
 * @param truthLagMillis from the audio event to its truth; 0 where the truth was there before
 */
public record Pair(long prediction, long truth, OptionalLong baseline, long truthLagMillis) {

  long error() {
    return prediction - truth;
  }

  /** Of half, single and double prediction the one nearest to the truth, minus the truth. */
  long octaveError() {
    long nearest = Math.abs(error());
    for (long octave : new long[] {2 * prediction, prediction / 2}) {
      nearest = Math.min(nearest, Math.abs(octave - truth));
    }
    return nearest;
  }

  /** Within 4 % of the truth: the margin of the usual measure of a tempo's accuracy. */
  boolean within() {
    return isWithin(prediction);
  }

  boolean withinOrOctave() {
    // Twice the prediction against twice the truth, so that half of it is whole.
    return isWithin(prediction)
        || isWithin(2 * prediction)
        || 25 * Math.abs(prediction - 2 * truth) <= 2 * truth;
  }

  private boolean isWithin(long value) {
    return 25 * Math.abs(value - truth) <= truth;
  }
}
