package dev.reprise.evaluation.windows;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.DriftScores;
import dev.reprise.contract.v1.QualityWindow;
import dev.reprise.contract.v1.Scope;
import dev.reprise.evaluation.drift.DriftMeasures;
import dev.reprise.evaluation.drift.Histogram;
import dev.reprise.evaluation.quality.QualityMetrics;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.DistributionState;
import dev.reprise.evaluation.v1.WindowState;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Quality and drift of one series over one window, or since the start.
 *
 * @param quality absent if no prediction has truth
 * @param training drift from the reference in the model's metadata; absent below the minimum count,
 *     or if the model's reference is unknown
 * @param earlier drift from all earlier windows; absent if they or the window have fewer
 *     predictions than the minimum, and for all windows but the latest
 */
record WindowStatistics(
    WindowState window,
    Optional<QualityMetrics> quality,
    Optional<DriftMeasures> training,
    Optional<DriftMeasures> earlier) {

  /**
   * Computes the statistics of a window.
   *
   * @param minimum predictions below which drift is not computed
   * @throws IllegalArgumentException if part of the sums has been lost
   */
  static WindowStatistics of(
      WindowState window, Optional<Histogram> training, Optional<Histogram> earlier, int minimum) {
    if (WindowSums.isCorrupt(window)) {
      throw new IllegalArgumentException("More was subtracted than was added");
    }
    Optional<Histogram> current =
        Optional.of(window)
            .filter(it -> it.getDistribution().getCount() >= minimum)
            .map(WindowSums::histogram);
    return new WindowStatistics(
        window,
        window.getErrors().getCount() > 0
            ? Optional.of(QualityMetrics.of(window.getErrors()))
            : Optional.empty(),
        current.flatMap(it -> training.map(reference -> DriftMeasures.between(reference, it))),
        current.flatMap(
            it ->
                earlier
                    .filter(reference -> reference.total() >= minimum)
                    .map(reference -> DriftMeasures.between(reference, it))));
  }

  long pairs() {
    return window.getErrors().getCount();
  }

  /** Returns the number of predictions that have a value. */
  long predictions() {
    return window.getDistribution().getCount();
  }

  /** Returns the share of the predictions that have truth. */
  OptionalDouble coverage() {
    return predictions() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) pairs() / predictions());
  }

  OptionalDouble mean() {
    return predictions() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Variable.value(window.getDistribution().getSum()) / predictions());
  }

  /** Clamps a count to 32 bits: Protobuf's JSON has 64-bit integers as strings. */
  private static int count(long tracks) {
    return (int) Math.min(Integer.MAX_VALUE, tracks);
  }

  /** Returns the scope; its field {@code feature} also names inputs. */
  private Scope scope() {
    Scope.Builder scope =
        Scope.newBuilder()
            .setFeature(window.getSeries().getVariable())
            .setModel(window.getSeries().getModel())
            .setRole(window.getSeries().getRole());
    if (window.getWindowEndMs() > 0) {
      scope
          .setWindowStart(Timestamps.fromMillis(window.getWindowStartMs()))
          .setWindowEnd(Timestamps.fromMillis(window.getWindowEndMs()));
    }
    return scope.build();
  }

  QualityWindow toQualityRecord() {
    QualityWindow.Builder record =
        QualityWindow.newBuilder()
            .setScope(scope())
            .setPredictions(count(predictions()))
            .setCount(count(pairs()));
    coverage().ifPresent(record::setCoverage);
    quality.ifPresent(metrics -> set(record, metrics));
    return record.build();
  }

  private void set(QualityWindow.Builder record, QualityMetrics metrics) {
    record
        .setTruthLagSeconds(metrics.truthLagSeconds())
        .setMae(metrics.mae())
        .setRmse(metrics.rmse())
        .setBias(metrics.bias());
    metrics.r2().ifPresent(record::setR2);
    metrics.pearson().ifPresent(record::setPearson);
    metrics.baselineMae().ifPresent(record::setBaselineMae);
    metrics.baselineRmse().ifPresent(record::setBaselineRmse);
    if (window.getSeries().getVariable().equals(Variable.TEMPO.label())) {
      record
          .setWithin4Percent(metrics.within())
          .setWithin4PercentOrOctave(metrics.withinOrOctave())
          .setOctaveMae(metrics.octaveMae());
    }
  }

  Drift toTrainingDriftRecord() {
    return drift("training", training);
  }

  Optional<Drift> toEarlierDriftRecord() {
    return earlier.map(measures -> drift("earlier", Optional.of(measures)));
  }

  private Drift drift(String reference, Optional<DriftMeasures> measures) {
    DistributionState distribution = window.getDistribution();
    Drift.Builder record =
        Drift.newBuilder()
            .setScope(scope())
            .setReference(reference)
            .setCount(count(distribution.getCount()))
            .setMissing(count(distribution.getMissing()))
            .setOutOfRange(count(distribution.getOutOfRange()));
    mean().ifPresent(record::setMean);
    measures.ifPresent(
        scores ->
            record.setScores(
                DriftScores.newBuilder()
                    .setPsi(scores.psi())
                    .setKs(scores.ks())
                    .setWasserstein(scores.wasserstein())
                    .setJensenShannon(scores.jensenShannon())));
    return record.build();
  }
}
