package dev.reprise.evaluation.windows;

import dev.reprise.evaluation.drift.DriftMeasures;
import dev.reprise.evaluation.quality.QualityFigures;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.DistributionState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The gauges of the series that this instance owns; docs/METRICS.md describes them. Thread-safe.
 */
public final class EvaluationMeters {
  private static final double MILLIS_PER_SECOND = 1e3;

  private final Map<Meter, MultiGauge> gauges = new EnumMap<>(Meter.class);

  /** By series. */
  private final Map<String, Map<Id, Value>> values = new HashMap<>();

  private final Counter refused;

  public EvaluationMeters(MeterRegistry registry) {
    this.refused =
        Counter.builder("reprise.evaluation.refused")
            .description("Changes that came too late for their window")
            .register(registry);
    for (Meter meter : Meter.values()) {
      gauges.put(
          meter,
          MultiGauge.builder(meter.id)
              .description(meter.description)
              .baseUnit(meter.unit)
              .register(registry));
    }
  }

  private enum Meter {
    PAIRS("reprise.quality.pairs", "Predictions with truth"),
    MAE("reprise.quality.mae", "Mean absolute error"),
    RMSE("reprise.quality.rmse", "Root mean squared error"),
    BIAS("reprise.quality.bias", "Mean of prediction minus truth"),
    R2("reprise.quality.r2", "Coefficient of determination"),
    PEARSON("reprise.quality.pearson", "Pearson's correlation"),
    BASELINE_MAE(
        "reprise.quality.baseline.mae",
        "Mean absolute error of always saying the mean of the training's labels"),
    BASELINE_RMSE(
        "reprise.quality.baseline.rmse",
        "Root mean squared error of always saying the mean of the training's labels"),
    TEMPO_ACCURACY(
        "reprise.quality.tempo.accuracy.ratio", "Share of tempos within 4 % of the truth"),
    TEMPO_OCTAVE_MAE(
        "reprise.quality.tempo.octave.mae",
        "bpm",
        "Mean absolute error of the nearest of half, single and double tempo"),
    COVERAGE("reprise.truth.coverage.ratio", "Share of predictions that have truth"),
    LAG("reprise.truth.lag", "seconds", "Mean time from the audio event to its truth"),
    DRIFT("reprise.drift.score", "Distance of the predictions from the reference"),
    INPUT_DRIFT("reprise.input.drift.score", "Distance of the inputs from the reference"),
    INPUT_MEAN("reprise.input.mean", "Mean of what the model was given"),
    PREDICTIONS("reprise.evaluation.predictions", "Predictions counted"),
    MISSING("reprise.evaluation.missing", "Predictions that lack the feature"),
    OUT_OF_RANGE("reprise.evaluation.out.of.range", "Predictions out of the feature's range"),
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

    Meter(String id, String description) {
      this(id, null, description);
    }

    Meter(String id, @Nullable String unit, String description) {
      this.id = id;
      this.unit = unit;
      this.description = description;
    }
  }

  private record Id(Meter meter, Tags tags) {}

  /** What a gauge says; it stays the gauge's as long as the series is exported. */
  private static final class Value {
    private volatile double number;

    double number() {
      return number;
    }
  }

  /**
   * Takes the figures of a series in place of its old ones; {@link #refresh} shows them.
   *
   * @param minimum predictions, or pairs, below which a figure since the start says nothing
   */
  synchronized void put(String key, SeriesFigures figures, int minimum) {
    Map<Id, Double> all = new LinkedHashMap<>();
    Tags series =
        Tags.of("model_version", figures.series().getModel(), "role", figures.series().getRole());
    Variable variable = Variable.ofLabel(figures.series().getVariable());
    if (variable.isInput()) {
      addInput(all, figures, series.and("input", variable.label()), minimum);
    } else {
      addFeature(all, figures, series, variable, minimum);
    }
    Map<Id, Value> before = values.getOrDefault(key, Map.of());
    Map<Id, Value> after = new HashMap<>();
    all.forEach(
        (id, number) -> {
          Value value = before.getOrDefault(id, new Value());
          value.number = number;
          after.put(id, value);
        });
    values.put(key, after);
  }

  private static void addInput(Map<Id, Double> all, SeriesFigures figures, Tags tags, int minimum) {
    Tags sinceStart = tags.and("window", "all");
    if (figures.all().predictions() >= minimum) {
      addDrift(all, Meter.INPUT_DRIFT, sinceStart, figures.all());
      add(all, Meter.INPUT_MEAN, sinceStart, figures.all().mean());
    }
    figures
        .latest()
        .ifPresent(
            latest -> {
              Tags newest = tags.and("window", "latest");
              addDrift(all, Meter.INPUT_DRIFT, newest, latest);
              add(all, Meter.INPUT_MEAN, newest, latest.mean());
            });
  }

  private static void addFeature(
      Map<Id, Double> all, SeriesFigures figures, Tags series, Variable variable, int minimum) {
    Tags tags = series.and("feature", variable.label());
    Tags sinceStart = tags.and("window", "all");
    addCounts(all, sinceStart, figures.all());
    add(all, Meter.PAIRS, sinceStart, figures.all().pairs());
    if (figures.all().predictions() >= minimum) {
      addDrift(all, Meter.DRIFT, sinceStart, figures.all());
    }
    if (figures.all().pairs() >= minimum) {
      figures.all().quality().ifPresent(it -> addQuality(all, series, "all", variable, it));
    }
    figures
        .latest()
        .ifPresent(
            latest -> {
              Tags newest = tags.and("window", "latest");
              addCounts(all, newest, latest);
              addDrift(all, Meter.DRIFT, newest, latest);
              add(all, Meter.WINDOW_START, tags, startSeconds(latest));
            });
    figures
        .latestWithTruth()
        .ifPresent(
            latest -> {
              add(all, Meter.PAIRS, tags.and("window", "latest"), latest.pairs());
              add(all, Meter.QUALITY_WINDOW_START, tags, startSeconds(latest));
              latest.quality().ifPresent(it -> addQuality(all, series, "latest", variable, it));
            });
  }

  private static double startSeconds(WindowFigures figures) {
    return figures.window().getWindowStartMs() / MILLIS_PER_SECOND;
  }

  private static void addCounts(Map<Id, Double> all, Tags tags, WindowFigures figures) {
    DistributionState distribution = figures.window().getDistribution();
    add(all, Meter.PREDICTIONS, tags, distribution.getCount());
    add(all, Meter.MISSING, tags, distribution.getMissing());
    add(all, Meter.OUT_OF_RANGE, tags, distribution.getOutOfRange());
    add(all, Meter.COVERAGE, tags, figures.coverage());
  }

  private static void addQuality(
      Map<Id, Double> all, Tags series, String window, Variable variable, QualityFigures figures) {
    Tags ofModel = series.and("window", window);
    Tags tags = ofModel.and("feature", variable.label());
    add(all, Meter.MAE, tags, figures.mae());
    add(all, Meter.RMSE, tags, figures.rmse());
    add(all, Meter.BIAS, tags, figures.bias());
    add(all, Meter.R2, tags, figures.r2());
    add(all, Meter.PEARSON, tags, figures.pearson());
    add(all, Meter.BASELINE_MAE, tags, figures.baselineMae());
    add(all, Meter.BASELINE_RMSE, tags, figures.baselineRmse());
    add(all, Meter.LAG, tags, figures.truthLagSeconds());
    if (variable == Variable.TEMPO) {
      add(all, Meter.TEMPO_ACCURACY, ofModel.and("octaves", "strict"), figures.within());
      add(all, Meter.TEMPO_ACCURACY, ofModel.and("octaves", "allowed"), figures.withinOrOctave());
      add(all, Meter.TEMPO_OCTAVE_MAE, ofModel, figures.octaveMae());
    }
  }

  private static void addDrift(Map<Id, Double> all, Meter meter, Tags tags, WindowFigures figures) {
    figures.training().ifPresent(it -> addDrift(all, meter, tags.and("reference", "training"), it));
    figures.earlier().ifPresent(it -> addDrift(all, meter, tags.and("reference", "earlier"), it));
  }

  private static void addDrift(
      Map<Id, Double> all, Meter meter, Tags tags, DriftMeasures measures) {
    add(all, meter, tags.and("method", "psi"), measures.psi());
    add(all, meter, tags.and("method", "ks"), measures.ks());
    add(all, meter, tags.and("method", "wasserstein"), measures.wasserstein());
    add(all, meter, tags.and("method", "jensen_shannon"), measures.jensenShannon());
  }

  private static void add(Map<Id, Double> all, Meter meter, Tags tags, OptionalDouble value) {
    value.ifPresent(it -> add(all, meter, tags, it));
  }

  private static void add(Map<Id, Double> all, Meter meter, Tags tags, double value) {
    all.put(new Id(meter, tags), value);
  }

  /** A correction came for a window that is no more. */
  void refused() {
    refused.increment();
  }

  /** Takes series away that another instance owns from now on. */
  synchronized void remove(Collection<String> keys) {
    if (values.keySet().removeAll(keys)) {
      refresh();
    }
  }

  /**
   * Exports what was put. A gauge that stays is left alone: one that is taken away and made again
   * may be missing from a scrape in between, and an alert's waiting time would begin anew.
   */
  synchronized void refresh() {
    Map<Meter, List<MultiGauge.Row<?>>> rows = new EnumMap<>(Meter.class);
    for (Map<Id, Value> series : values.values()) {
      series.forEach(
          (id, value) ->
              rows.computeIfAbsent(id.meter, meter -> new ArrayList<>())
                  .add(MultiGauge.Row.of(id.tags, value, Value::number)));
    }
    gauges.forEach((meter, gauge) -> gauge.register(rows.getOrDefault(meter, List.of()), false));
  }
}
