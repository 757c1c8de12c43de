package dev.reprise.evaluation.windows;

import dev.reprise.evaluation.drift.Binning;
import dev.reprise.evaluation.drift.Histogram;
import dev.reprise.evaluation.quality.ErrorSums;
import dev.reprise.evaluation.quality.Pair;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.DistributionState;
import dev.reprise.evaluation.v1.Observation;
import dev.reprise.evaluation.v1.WindowState;
import java.util.Collections;
import java.util.OptionalLong;

/** Arithmetic on the sums of a window. */
final class WindowSums {
  private static final Iterable<Long> EMPTY = Collections.nCopies(Binning.BINS, 0L);

  private WindowSums() {}

  /**
   * Returns the window with an observation added, or without one that was added before.
   *
   * @param sign 1 to add, -1 to subtract
   */
  static WindowState update(WindowState window, Observation observation, int sign) {
    WindowState.Builder result = window.toBuilder();
    DistributionState.Builder distribution = result.getDistributionBuilder();
    if (!observation.hasPrediction()) {
      distribution.setMissing(distribution.getMissing() + sign);
      return result.build();
    }
    updateDistribution(distribution, window, observation.getPrediction(), sign);
    if (observation.hasTruth()) {
      result.setErrors(ErrorSums.update(window.getErrors(), pair(observation), sign));
    }
    return result.build();
  }

  private static void updateDistribution(
      DistributionState.Builder distribution, WindowState window, long millionths, int sign) {
    Binning binning = Variable.ofLabel(window.getSeries().getVariable()).binning();
    double value = Variable.value(millionths);
    if (distribution.getBinsCount() == 0) {
      distribution.addAllBins(EMPTY);
    }
    int bin = binning.bin(value);
    distribution
        .setBins(bin, distribution.getBins(bin) + sign)
        .setCount(distribution.getCount() + sign)
        .setSum(distribution.getSum() + sign * millionths);
    if (!binning.contains(value)) {
      distribution.setOutOfRange(distribution.getOutOfRange() + sign);
    }
  }

  private static Pair pair(Observation observation) {
    return new Pair(
        observation.getPrediction(),
        observation.getTruth(),
        observation.hasBaseline()
            ? OptionalLong.of(observation.getBaseline())
            : OptionalLong.empty(),
        observation.getTruthLagMs());
  }

  /** Returns whether more was subtracted than was added: part of the sums has been lost. */
  static boolean isCorrupt(WindowState window) {
    DistributionState distribution = window.getDistribution();
    return distribution.getCount() < 0
        || distribution.getMissing() < 0
        || distribution.getOutOfRange() < 0
        || distribution.getBinsList().stream().anyMatch(count -> count < 0)
        || window.getErrors().getCount() < 0
        || window.getErrors().getCount() > distribution.getCount();
  }

  /** Returns the distribution of the window's predictions. */
  static Histogram histogram(WindowState window) {
    Binning binning = Variable.ofLabel(window.getSeries().getVariable()).binning();
    DistributionState distribution = window.getDistribution();
    long[] counts = new long[Binning.BINS];
    for (int bin = 0; bin < distribution.getBinsCount(); bin++) {
      counts[bin] = distribution.getBins(bin);
    }
    return new Histogram(binning, counts);
  }
}
