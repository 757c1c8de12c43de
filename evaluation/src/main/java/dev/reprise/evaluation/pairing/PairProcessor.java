package dev.reprise.evaluation.pairing;

import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.evaluation.series.SeriesKeys;
import dev.reprise.evaluation.v1.Change;
import dev.reprise.evaluation.v1.EvaluatedTrack;
import dev.reprise.evaluation.v1.KnownTruth;
import dev.reprise.evaluation.v1.Observation;
import dev.reprise.evaluation.v1.Series;
import dev.reprise.evaluation.v1.TrackUpdate;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps the current truth and predictions of each track. When a record changes them, forwards for
 * each affected series the contribution to subtract and the one to add, and the track's own
 * quality.
 */
public final class PairProcessor implements Processor<byte[], TrackUpdate, byte[], PairResult> {
  public static final String STORE = "evaluated-tracks";

  private final TruthMeters meters;
  private ProcessorContext<byte[], PairResult> context;
  private KeyValueStore<byte[], EvaluatedTrack> tracks;

  public PairProcessor(TruthMeters meters) {
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<byte[], PairResult> context) {
    this.context = context;
    this.tracks = context.getStateStore(STORE);
  }

  @Override
  public void process(Record<byte[], TrackUpdate> record) {
    EvaluatedTrack known = tracks.get(record.key());
    EvaluatedTrack before = known == null ? EvaluatedTrack.getDefaultInstance() : known;
    EvaluatedTrack after = EvaluatedTracks.apply(before, record.value());
    if (record.value().hasTruth()) {
      countTruth(record.value().getTruth(), before, after);
    }
    if (after.equals(before)) {
      return;
    }
    tracks.put(record.key(), after);
    forwardChanges(
        record, EvaluatedTracks.observations(before), EvaluatedTracks.observations(after));
    String trackId = new String(record.key(), StandardCharsets.UTF_8);
    for (TrackQuality quality : TrackQualities.changes(trackId, before, after)) {
      context.forward(record.withValue(new PairResult.QualityChanged(quality)));
    }
  }

  private void forwardChanges(
      Record<byte[], TrackUpdate> record,
      Map<Series, Observation> before,
      Map<Series, Observation> after) {
    Set<Series> all = new LinkedHashSet<>(before.keySet());
    all.addAll(after.keySet());
    for (Series series : all) {
      Observation old = before.get(series);
      Observation current = after.get(series);
      Change.Builder change = Change.newBuilder().setSeries(series);
      if (old != null) {
        change.setBefore(old);
      }
      if (current != null) {
        change.setAfter(current);
      }
      if (old == null || !old.equals(current)) {
        byte[] key = SeriesKeys.of(series).getBytes(StandardCharsets.UTF_8);
        context.forward(
            record.withKey(key).withValue(new PairResult.SeriesChanged(change.build())));
      }
    }
  }

  private void countTruth(KnownTruth truth, EvaluatedTrack before, EvaluatedTrack after) {
    if (before.hasTruth() && EvaluatedTracks.haveSameContent(truth, before.getTruth())) {
      meters.countUnchanged();
    } else if (before.hasTruth() && after.getTruth().equals(before.getTruth())) {
      meters.countOutdated();
    } else if (truth.getWithdrawn()) {
      meters.countWithdrawn();
    } else {
      meters.countAccepted();
    }
  }
}
