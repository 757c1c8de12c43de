package dev.reprise.evaluation.quality;

import java.util.OptionalLong;

/**
 * A prediction and its truth, in millionths of the feature's unit.
 *
 * @param baseline the mean baseline: the constant prediction of the mean of the training labels, if
 *     known
 * @param truthLagMillis time from the audio event to its truth; 0 if the truth came first
 */
public record Pair(long prediction, long truth, OptionalLong baseline, long truthLagMillis) {

  long error() {
    return prediction - truth;
  }

  /** Returns the absolute error of half, single or double the prediction, whichever is nearest. */
  long octaveError() {
    long nearest = Math.abs(error());
    for (long octave : new long[] {2 * prediction, prediction / 2}) {
      nearest = Math.min(nearest, Math.abs(octave - truth));
    }
    return nearest;
  }

  /**
   * Returns whether the prediction is within 4 % of the truth, the margin of the usual tempo
   * accuracy measure.
   */
  boolean within() {
    return isWithin(prediction);
  }

  /** Returns whether half, single or double prediction is within 4 % of the truth. */
  boolean withinOrOctave() {
    // Half the prediction is compared with both sides doubled, so that it is an integer.
    return isWithin(prediction)
        || isWithin(2 * prediction)
        || 25 * Math.abs(prediction - 2 * truth) <= 2 * truth;
  }

  private boolean isWithin(long value) {
    return 25 * Math.abs(value - truth) <= truth;
  }
}
