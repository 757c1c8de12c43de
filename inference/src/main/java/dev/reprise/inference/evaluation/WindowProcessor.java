package dev.reprise.inference.evaluation;

import com.google.protobuf.Message;
import dev.reprise.inference.v1.Change;
import dev.reprise.inference.v1.Series;
import dev.reprise.inference.v1.WindowState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the sums of the series that this task owns, exports their figures, and sends those that
 * have changed on as {@link dev.reprise.contract.v1.QualityWindow} and {@link
 * dev.reprise.contract.v1.Drift}.
 *
 * <p>While tracks come in, figures change with each of them; they are sent when a window has been
 * quiet for a second, or has changed for a minute. Which windows are yet to be sent stands in a
 * store, so that the last figures of a window are sent whatever happens to this instance.
 */
final class WindowProcessor implements Processor<byte[], Change, byte[], Object> {
  static final String STORE = "evaluation-windows";
  static final String UNSENT_STORE = "evaluation-unsent";

  private static final Logger log = LoggerFactory.getLogger(WindowProcessor.class);

  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final long QUIET_MILLIS = 1_000;
  private static final long LONGEST_MILLIS = 60_000;
  private static final byte[] PRESENT = new byte[0];

  private final EvaluationConfig config;
  private final EvaluationMeters meters;
  private ProcessorContext<byte[], Object> context;
  private WindowStore windows;
  private KeyValueStore<String, byte[]> unsent;
  private ModelReferences references;

  /** Series whose figures are to be exported anew. */
  private final Set<String> toExport = new HashSet<>();

  /** Series that this task exports. */
  private final Set<String> exported = new HashSet<>();

  /** Series whose model's reference has not come yet. */
  private final Set<String> withoutReference = new HashSet<>();

  /** Series of which the log has said that their figures cannot be computed. */
  private final Set<String> contradictory = new HashSet<>();

  /** When an unsent window changed first and last; those of before a restart are not in it. */
  private final Map<String, ChangeTimes> changeTimes = new HashMap<>();

  private record ChangeTimes(long firstMillis, long lastMillis) {}

  WindowProcessor(EvaluationConfig config, EvaluationMeters meters) {
    this.config = config;
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
    this.windows =
        new WindowStore(context.getStateStore(STORE), config, context::currentSystemTimeMs);
    this.unsent = context.getStateStore(UNSENT_STORE);
    this.references = new ModelReferences(context.getStateStore(ModelReferences.STORE));
    toExport.addAll(windows.series());
    context.schedule(PERIOD, PunctuationType.WALL_CLOCK_TIME, this::tell);
  }

  @Override
  public void process(Record<byte[], Change> record) {
    Change change = record.value();
    Series series = change.getSeries();
    if (change.hasBefore()) {
      changed(windows.subtract(series, change.getBefore()));
    }
    if (change.hasAfter()) {
      changed(windows.add(series, change.getAfter()));
    }
    toExport.add(SeriesKeys.of(series));
  }

  private void changed(List<String> keys) {
    long now = context.currentSystemTimeMs();
    for (String key : keys) {
      unsent.put(key, PRESENT);
      changeTimes.merge(
          key,
          new ChangeTimes(now, now),
          (before, latest) -> new ChangeTimes(before.firstMillis, now));
    }
    if (keys.size() == 1) {
      meters.refused();
    }
  }

  private void tell(long nowMillis) {
    retryWithoutReference();
    send(nowMillis);
    export();
  }

  private void retryWithoutReference() {
    for (String series : List.copyOf(withoutReference)) {
      figures(series)
          .filter(figures -> hasReference(figures.series()))
          .ifPresent(
              figures -> {
                withoutReference.remove(series);
                toExport.add(series);
                unsent.put(SeriesKeys.of(figures.all().window()), PRESENT);
                figures.latest().ifPresent(it -> unsent.put(SeriesKeys.of(it.window()), PRESENT));
              });
    }
  }

  /** The figures of a series; none, but a line in the log, where its state contradicts itself. */
  private Optional<SeriesFigures> figures(String series) {
    try {
      return windows.figures(series, references);
    } catch (IllegalArgumentException e) {
      // Sums that were lost in part, by a topic that somebody deleted: no reason to stop scoring.
      if (contradictory.add(series)) {
        log.error(
            "The figures of {} cannot be computed ({}); begin the evaluation anew, see"
                + " docs/OPERATIONS.md.",
            series.replace('\0', ' '),
            e.getMessage());
      }
      return Optional.empty();
    }
  }

  private boolean hasReference(Series series) {
    return references.of(series.getModel(), Variable.ofLabel(series.getVariable())).isPresent();
  }

  private void send(long nowMillis) {
    Set<String> latest = new LinkedHashSet<>();
    for (String key : due(nowMillis)) {
      unsent.delete(key);
      changeTimes.remove(key);
      windows
          .get(key)
          .filter(window -> figures(SeriesKeys.of(window.getSeries())).isPresent())
          .ifPresent(
              window -> {
                send(window);
                latest.add(SeriesKeys.of(window.getSeries()));
              });
    }
    for (String series : latest) {
      figures(series)
          .flatMap(SeriesFigures::latest)
          .flatMap(Figures::toEarlierDriftRecord)
          .ifPresent(drift -> forward(drift.getScope().getFeature(), drift));
    }
  }

  private List<String> due(long nowMillis) {
    List<String> due = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = unsent.all()) {
      while (all.hasNext()) {
        String key = all.next().key;
        ChangeTimes times = changeTimes.get(key);
        if (times == null
            || nowMillis - times.lastMillis >= QUIET_MILLIS
            || nowMillis - times.firstMillis >= LONGEST_MILLIS) {
          due.add(key);
        }
      }
    }
    return due;
  }

  private void send(WindowState window) {
    Series series = window.getSeries();
    Variable variable = Variable.ofLabel(series.getVariable());
    Figures figures =
        Figures.of(
            window, references.of(series.getModel(), variable), Optional.empty(), config.minimum());
    if (!variable.isInput()) {
      forward(series.getVariable(), figures.toQualityRecord());
    }
    forward(series.getVariable(), figures.toTrainingDriftRecord());
  }

  private void forward(String feature, Message figures) {
    context.forward(
        new Record<>(
            feature.getBytes(StandardCharsets.UTF_8), figures, context.currentSystemTimeMs()));
  }

  private void export() {
    for (String key : toExport) {
      figures(key)
          .ifPresent(
              figures -> {
                meters.put(key, figures, config.minimum());
                exported.add(key);
                // No model knows how long tracks are.
                if (!figures.series().getVariable().equals(Variable.DURATION.label())
                    && !hasReference(figures.series())) {
                  withoutReference.add(key);
                }
              });
    }
    if (!toExport.isEmpty()) {
      meters.refresh();
      toExport.clear();
    }
  }

  /** The task moves to another instance, or ends with this one: its gauges are no longer ours. */
  @Override
  public void close() {
    meters.remove(exported);
    exported.clear();
  }
}
