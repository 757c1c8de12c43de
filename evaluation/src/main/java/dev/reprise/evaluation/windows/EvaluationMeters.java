package dev.reprise.evaluation.windows;

import dev.reprise.evaluation.drift.DriftMeasures;
import dev.reprise.evaluation.quality.QualityMetrics;
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

/**
 * The gauges of the series that this instance owns; docs/METRICS.md describes them. Thread-safe.
 */
public final class EvaluationMeters {
  private static final double MILLIS_PER_SECOND = 1e3;

  private final Map<EvaluationGauge, MultiGauge> gauges = new EnumMap<>(EvaluationGauge.class);

  /** The values of the gauges, by the key of the series. */
  private final Map<String, Map<Id, Value>> values = new HashMap<>();

  private final Counter refused;

  public EvaluationMeters(MeterRegistry registry) {
    this.refused =
        Counter.builder("reprise.evaluation.refused")
            .description("Late changes that were dropped because their window had expired")
            .register(registry);
    for (EvaluationGauge gauge : EvaluationGauge.values()) {
      gauges.put(
          gauge,
          MultiGauge.builder(gauge.id())
              .description(gauge.description())
              .baseUnit(gauge.unit())
              .register(registry));
    }
  }

  private record Id(EvaluationGauge gauge, Tags tags) {}

  /** The value of one gauge, for as long as its series is exported. */
  private static final class Value {
    private volatile double number;

    double number() {
      return number;
    }
  }

  /**
   * Replaces the statistics of a series; {@link #refresh} exports them.
   *
   * @param key of the series
   * @param minimum predictions, or pairs, below which statistics since the start are not exported
   */
  synchronized void put(String key, SeriesStatistics statistics, int minimum) {
    Map<Id, Double> all = new LinkedHashMap<>();
    Tags series =
        Tags.of(
            "model_version", statistics.series().getModel(), "role", statistics.series().getRole());
    Variable variable = Variable.ofLabel(statistics.series().getVariable());
    if (variable.isInput()) {
      addInput(all, statistics, series.and("input", variable.label()), minimum);
    } else {
      addFeature(all, statistics, series, variable, minimum);
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

  private static void addInput(
      Map<Id, Double> all, SeriesStatistics statistics, Tags tags, int minimum) {
    Tags sinceStart = tags.and("window", "all");
    if (statistics.all().predictions() >= minimum) {
      addDrift(all, EvaluationGauge.INPUT_DRIFT, sinceStart, statistics.all());
      add(all, EvaluationGauge.INPUT_MEAN, sinceStart, statistics.all().mean());
    }
    statistics
        .latest()
        .ifPresent(
            latest -> {
              Tags newest = tags.and("window", "latest");
              addDrift(all, EvaluationGauge.INPUT_DRIFT, newest, latest);
              add(all, EvaluationGauge.INPUT_MEAN, newest, latest.mean());
            });
  }

  private static void addFeature(
      Map<Id, Double> all,
      SeriesStatistics statistics,
      Tags series,
      Variable variable,
      int minimum) {
    Tags tags = series.and("feature", variable.label());
    Tags sinceStart = tags.and("window", "all");
    addCounts(all, sinceStart, statistics.all());
    add(all, EvaluationGauge.PAIRS, sinceStart, statistics.all().pairs());
    if (statistics.all().predictions() >= minimum) {
      addDrift(all, EvaluationGauge.DRIFT, sinceStart, statistics.all());
    }
    if (statistics.all().pairs() >= minimum) {
      statistics.all().quality().ifPresent(it -> addQuality(all, series, "all", variable, it));
    }
    statistics
        .latest()
        .ifPresent(
            latest -> {
              Tags newest = tags.and("window", "latest");
              addCounts(all, newest, latest);
              addDrift(all, EvaluationGauge.DRIFT, newest, latest);
              add(all, EvaluationGauge.WINDOW_START, tags, startSeconds(latest));
            });
    statistics
        .latestWithTruth()
        .ifPresent(
            latest -> {
              add(all, EvaluationGauge.PAIRS, tags.and("window", "latest"), latest.pairs());
              add(all, EvaluationGauge.QUALITY_WINDOW_START, tags, startSeconds(latest));
              latest.quality().ifPresent(it -> addQuality(all, series, "latest", variable, it));
            });
  }

  private static double startSeconds(WindowStatistics statistics) {
    return statistics.window().getWindowStartMs() / MILLIS_PER_SECOND;
  }

  private static void addCounts(Map<Id, Double> all, Tags tags, WindowStatistics statistics) {
    DistributionState distribution = statistics.window().getDistribution();
    add(all, EvaluationGauge.PREDICTIONS, tags, distribution.getCount());
    add(all, EvaluationGauge.MISSING, tags, distribution.getMissing());
    add(all, EvaluationGauge.OUT_OF_RANGE, tags, distribution.getOutOfRange());
    add(all, EvaluationGauge.COVERAGE, tags, statistics.coverage());
  }

  private static void addQuality(
      Map<Id, Double> all,
      Tags series,
      String window,
      Variable variable,
      QualityMetrics statistics) {
    Tags ofModel = series.and("window", window);
    Tags tags = ofModel.and("feature", variable.label());
    add(all, EvaluationGauge.MAE, tags, statistics.mae());
    add(all, EvaluationGauge.RMSE, tags, statistics.rmse());
    add(all, EvaluationGauge.BIAS, tags, statistics.bias());
    add(all, EvaluationGauge.R2, tags, statistics.r2());
    add(all, EvaluationGauge.PEARSON, tags, statistics.pearson());
    add(all, EvaluationGauge.BASELINE_MAE, tags, statistics.baselineMae());
    add(all, EvaluationGauge.BASELINE_RMSE, tags, statistics.baselineRmse());
    add(all, EvaluationGauge.LAG, tags, statistics.truthLagSeconds());
    if (variable == Variable.TEMPO) {
      add(
          all,
          EvaluationGauge.TEMPO_ACCURACY,
          ofModel.and("octaves", "strict"),
          statistics.within());
      add(
          all,
          EvaluationGauge.TEMPO_ACCURACY,
          ofModel.and("octaves", "allowed"),
          statistics.withinOrOctave());
      add(all, EvaluationGauge.TEMPO_OCTAVE_MAE, ofModel, statistics.octaveMae());
    }
  }

  private static void addDrift(
      Map<Id, Double> all, EvaluationGauge gauge, Tags tags, WindowStatistics statistics) {
    statistics
        .training()
        .ifPresent(it -> addDrift(all, gauge, tags.and("reference", "training"), it));
    statistics
        .earlier()
        .ifPresent(it -> addDrift(all, gauge, tags.and("reference", "earlier"), it));
  }

  private static void addDrift(
      Map<Id, Double> all, EvaluationGauge gauge, Tags tags, DriftMeasures measures) {
    add(all, gauge, tags.and("method", "psi"), measures.psi());
    add(all, gauge, tags.and("method", "ks"), measures.ks());
    add(all, gauge, tags.and("method", "wasserstein"), measures.wasserstein());
    add(all, gauge, tags.and("method", "jensen_shannon"), measures.jensenShannon());
  }

  private static void add(
      Map<Id, Double> all, EvaluationGauge gauge, Tags tags, OptionalDouble value) {
    value.ifPresent(it -> add(all, gauge, tags, it));
  }

  private static void add(Map<Id, Double> all, EvaluationGauge gauge, Tags tags, double value) {
    all.put(new Id(gauge, tags), value);
  }

  /** Counts an update that was rejected because its window has expired. */
  void countRefused() {
    refused.increment();
  }

  /** Removes series that this instance no longer owns. */
  synchronized void remove(Collection<String> keys) {
    if (values.keySet().removeAll(keys)) {
      refresh();
    }
  }

  /**
   * Exports the current statistics. Existing gauges are not registered again: they could be missing
   * from a scrape in between, which would restart the pending time of an alert.
   */
  synchronized void refresh() {
    Map<EvaluationGauge, List<MultiGauge.Row<?>>> rows = new EnumMap<>(EvaluationGauge.class);
    for (Map<Id, Value> series : values.values()) {
      series.forEach(
          (id, value) ->
              rows.computeIfAbsent(id.gauge, gauge -> new ArrayList<>())
                  .add(MultiGauge.Row.of(id.tags, value, Value::number)));
    }
    gauges.forEach((id, gauge) -> gauge.register(rows.getOrDefault(id, List.of()), false));
  }
}
