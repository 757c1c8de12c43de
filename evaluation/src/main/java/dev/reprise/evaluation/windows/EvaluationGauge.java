package dev.reprise.evaluation.windows;

import org.jspecify.annotations.Nullable;

/** The gauges of the evaluation; docs/METRICS.md describes them. */
enum EvaluationGauge {
  PAIRS("reprise.quality.pairs", "Predictions with truth"),
  MAE("reprise.quality.mae", "Mean absolute error"),
  RMSE("reprise.quality.rmse", "Root mean squared error"),
  BIAS("reprise.quality.bias", "Mean of prediction minus truth"),
  R2("reprise.quality.r2", "Coefficient of determination"),
  PEARSON("reprise.quality.pearson", "Pearson's correlation"),
  BASELINE_MAE("reprise.quality.baseline.mae", "Mean absolute error of the mean baseline"),
  BASELINE_RMSE("reprise.quality.baseline.rmse", "Root mean squared error of the mean baseline"),
  TEMPO_ACCURACY("reprise.quality.tempo.accuracy.ratio", "Share of tempos within 4 % of the truth"),
  TEMPO_OCTAVE_MAE(
      "reprise.quality.tempo.octave.mae",
      "bpm",
      "Mean absolute error of the nearest of half, single and double tempo"),
  COVERAGE("reprise.truth.coverage.ratio", "Share of predictions with truth"),
  LAG("reprise.truth.lag", "seconds", "Mean time from the audio event to its truth"),
  DRIFT("reprise.drift.score", "Drift measure of the predictions against the reference"),
  INPUT_DRIFT("reprise.input.drift.score", "Drift measure of the inputs against the reference"),
  INPUT_MEAN("reprise.input.mean", "Mean of a model input"),
  PREDICTIONS("reprise.evaluation.predictions", "Predictions counted"),
  MISSING("reprise.evaluation.missing", "Predictions without the feature"),
  OUT_OF_RANGE("reprise.evaluation.out.of.range", "Predictions outside the feature's range"),
  QUALITY_WINDOW_START(
      "reprise.quality.window.start",
      "seconds",
      "When the latest window with enough truth begins, in seconds since 1970"),
  WINDOW_START(
      "reprise.evaluation.window.start",
      "seconds",
      "When the latest window begins, in seconds since 1970");

  private final String id;
  private final @Nullable String unit;
  private final String description;

  EvaluationGauge(String id, String description) {
    this(id, null, description);
  }

  EvaluationGauge(String id, @Nullable String unit, String description) {
    this.id = id;
    this.unit = unit;
    this.description = description;
  }

  String id() {
    return id;
  }

  @Nullable String unit() {
    return unit;
  }

  String description() {
    return description;
  }
}
