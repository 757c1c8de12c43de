package dev.reprise.evaluation.windows;

import dev.reprise.evaluation.series.SeriesKeys;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.Change;
import dev.reprise.evaluation.v1.Series;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Adds changes to the sums of the series that this task owns. Once a second it forwards the
 * statistics of the windows that are due ({@link PublicationSchedule}) and exports those of the
 * series that changed ({@link GaugeExporter}).
 */
public final class WindowProcessor implements Processor<byte[], Change, byte[], WindowResult> {
  public static final String STORE = "evaluation-windows";
  public static final String UNSENT_STORE = "evaluation-unsent";

  private static final Duration PUBLISH_INTERVAL = Duration.ofSeconds(1);

  private final WindowConfig config;
  private final EvaluationMeters meters;
  private ProcessorContext<byte[], WindowResult> context;
  private WindowSumsStore windows;
  private PublicationSchedule schedule;
  private StatisticsCalculator statistics;
  private GaugeExporter exporter;
  private Cancellable publishing;

  public WindowProcessor(WindowConfig config, EvaluationMeters meters) {
    this.config = config;
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<byte[], WindowResult> context) {
    this.context = context;
    this.windows =
        new WindowSumsStore(context.getStateStore(STORE), config, context::currentSystemTimeMs);
    this.schedule = new PublicationSchedule(context.getStateStore(UNSENT_STORE));
    this.statistics =
        new StatisticsCalculator(
            windows,
            new ModelReferences(context.getStateStore(ModelReferences.STORE)),
            config.minimum(),
            context::currentSystemTimeMs);
    this.exporter = new GaugeExporter(statistics, meters, config.minimum());
    exporter.markChanged(windows.series());
    this.publishing =
        context.schedule(PUBLISH_INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::publishAndExport);
  }

  @Override
  public void process(Record<byte[], Change> record) {
    Change change = record.value();
    Series series = change.getSeries();
    boolean refused = false;
    if (change.hasBefore()) {
      refused = schedulePublication(windows.subtract(series, change.getBefore()));
    }
    if (change.hasAfter()) {
      refused |= schedulePublication(windows.add(series, change.getAfter()));
    }
    if (refused) {
      meters.countRefused();
    }
    exporter.markChanged(SeriesKeys.of(series));
  }

  /** Schedules the changed windows; returns whether the update was refused. */
  private boolean schedulePublication(WindowSumsStore.Update update) {
    long now = context.currentSystemTimeMs();
    update.changedKeys().forEach(key -> schedule.markChanged(key, now));
    return update.refused();
  }

  private void publishAndExport(long nowMillis) {
    exporter.takeNewlyReferenced().forEach(this::scheduleAgain);
    publish(nowMillis);
    exporter.export();
  }

  /** Schedules the windows of a series that were published without its reference. */
  private void scheduleAgain(String series) {
    statistics
        .ofSeries(series)
        .ifPresent(
            current -> {
              schedule.publishSoon(SeriesKeys.of(current.all().window()));
              current
                  .latest()
                  .ifPresent(latest -> schedule.publishSoon(SeriesKeys.of(latest.window())));
            });
  }

  private void publish(long nowMillis) {
    Set<String> published = new LinkedHashSet<>();
    for (String key : schedule.takeDue(nowMillis)) {
      statistics
          .ofWindow(key)
          .ifPresent(
              window -> {
                forward(window);
                published.add(SeriesKeys.of(window.window().getSeries()));
              });
    }
    for (String series : published) {
      statistics
          .ofSeries(series)
          .flatMap(SeriesStatistics::latest)
          .flatMap(WindowStatistics::toEarlierDriftRecord)
          .ifPresent(
              drift ->
                  forward(drift.getScope().getFeature(), new WindowResult.DriftMeasured(drift)));
    }
  }

  private void forward(WindowStatistics window) {
    String variable = window.window().getSeries().getVariable();
    if (!Variable.ofLabel(variable).isInput()) {
      forward(variable, new WindowResult.Quality(window.toQualityRecord()));
    }
    forward(variable, new WindowResult.DriftMeasured(window.toTrainingDriftRecord()));
  }

  private void forward(String variable, WindowResult result) {
    context.forward(
        new Record<>(
            variable.getBytes(StandardCharsets.UTF_8), result, context.currentSystemTimeMs()));
  }

  /** Removes this task's gauges, when it moves to another instance or the service stops. */
  @Override
  public void close() {
    publishing.cancel();
    exporter.close();
  }
}
