package dev.reprise.evaluation.windows;

import com.google.protobuf.Message;
import dev.reprise.evaluation.series.SeriesKeys;
import dev.reprise.evaluation.series.Variable;
import dev.reprise.evaluation.v1.Change;
import dev.reprise.evaluation.v1.Series;
import dev.reprise.evaluation.v1.WindowState;
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
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.Cancellable;
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
public final class WindowProcessor implements Processor<byte[], Change, byte[], Object> {
  public static final String STORE = "evaluation-windows";
  public static final String UNSENT_STORE = "evaluation-unsent";

  private static final Logger log = LoggerFactory.getLogger(WindowProcessor.class);

  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final long QUIET_MILLIS = 1_000;
  private static final long LONGEST_MILLIS = 60_000;
  private static final int MOST_AT_ONCE = 2_000;
  private static final byte[] PRESENT = new byte[0];

  private final WindowConfig config;
  private final EvaluationMeters meters;
  private ProcessorContext<byte[], Object> context;
  private WindowStore windows;
  private KeyValueStore<String, byte[]> unsent;
  private ModelReferences references;
  private Cancellable telling;

  /** Series whose figures are to be exported anew. */
  private final Set<String> toExport = new HashSet<>();

  /** Series that this task exports. */
  private final Set<String> exported = new HashSet<>();

  /** Series whose model's reference has not come yet. */
  private final Map<String, Series> withoutReference = new HashMap<>();

  /** Series of which the log has said that their figures cannot be computed. */
  private final Set<String> contradictory = new HashSet<>();

  /** When an unsent window changed first and last; those of before a restart are not in it. */
  private final Map<String, ChangeTimes> changeTimes = new HashMap<>();

  private record ChangeTimes(long firstMillis, long lastMillis) {}

  public WindowProcessor(WindowConfig config, EvaluationMeters meters) {
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
    this.telling = context.schedule(PERIOD, PunctuationType.WALL_CLOCK_TIME, this::tell);
  }

  @Override
  public void process(Record<byte[], Change> record) {
    Change change = record.value();
    Series series = change.getSeries();
    boolean refused = false;
    if (change.hasBefore()) {
      refused = changed(windows.subtract(series, change.getBefore()));
    }
    if (change.hasAfter()) {
      refused |= changed(windows.add(series, change.getAfter()));
    }
    if (refused) {
      meters.refused();
    }
    toExport.add(SeriesKeys.of(series));
  }

  /** Marks sums to be sent; says whether the window was too old, so that there is but one. */
  private boolean changed(List<String> keys) {
    long now = context.currentSystemTimeMs();
    for (String key : keys) {
      unsent.put(key, PRESENT);
      changeTimes.merge(
          key,
          new ChangeTimes(now, now),
          (before, latest) -> new ChangeTimes(before.firstMillis, now));
    }
    return keys.size() == 1;
  }

  private void tell(long nowMillis) {
    retryWithoutReference();
    send(nowMillis);
    export();
  }

  private void retryWithoutReference() {
    for (Map.Entry<String, Series> entry : Map.copyOf(withoutReference).entrySet()) {
      if (hasReference(entry.getValue())) {
        String series = entry.getKey();
        withoutReference.remove(series);
        toExport.add(series);
        figures(series)
            .ifPresent(
                figures -> {
                  unsent.put(SeriesKeys.of(figures.all().window()), PRESENT);
                  figures.latest().ifPresent(it -> unsent.put(SeriesKeys.of(it.window()), PRESENT));
                });
      }
    }
  }

  /** The figures of a series; none, but a line in the log, where its state contradicts itself. */
  private Optional<SeriesFigures> figures(String series) {
    return computed(series, () -> windows.figures(series, references));
  }

  /** The same of one window. */
  private Optional<WindowFigures> figures(WindowState window) {
    return computed(
        SeriesKeys.of(window.getSeries()), () -> Optional.of(windows.figures(window, references)));
  }

  private <T> Optional<T> computed(String series, Supplier<Optional<T>> figures) {
    try {
      return figures.get();
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
    Set<String> changed = new LinkedHashSet<>();
    for (String key : due(nowMillis)) {
      unsent.delete(key);
      changeTimes.remove(key);
      windows
          .get(key)
          .flatMap(this::figures)
          .ifPresent(
              figures -> {
                send(figures);
                changed.add(SeriesKeys.of(figures.window().getSeries()));
              });
    }
    for (String series : changed) {
      figures(series)
          .flatMap(SeriesFigures::latest)
          .flatMap(WindowFigures::toEarlierDriftRecord)
          .ifPresent(drift -> forward(drift.getScope().getFeature(), drift));
    }
  }

  /** Not all at once: a backlog of years must not outlast the transaction. */
  private List<String> due(long nowMillis) {
    List<String> due = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = unsent.all()) {
      while (all.hasNext() && due.size() < MOST_AT_ONCE) {
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

  private void send(WindowFigures figures) {
    String variable = figures.window().getSeries().getVariable();
    if (!Variable.ofLabel(variable).isInput()) {
      forward(variable, figures.toQualityRecord());
    }
    forward(variable, figures.toTrainingDriftRecord());
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
                  withoutReference.put(key, figures.series());
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
    telling.cancel();
    meters.remove(exported);
    exported.clear();
    toExport.clear();
    withoutReference.clear();
    contradictory.clear();
    changeTimes.clear();
  }
}
