package dev.reprise.inference.track;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.inference.scoring.JsonRecords;
import dev.reprise.inference.scoring.PredictionRecords;
import dev.reprise.inference.scoring.ScoringPath;
import dev.reprise.inference.scoring.ScoringResult;
import dev.reprise.inference.v1.TrackState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Aggregates the clips of a track until the extraction is complete, then forwards its prediction,
 * once; none after a failure. The state of an extraction expires a day after its last record,
 * whether finished or not; until then duplicates are ignored.
 *
 * <p>A withdrawal is forwarded as a record without a value. It is remembered for as long, so that
 * an extraction of an earlier event that ends after it, because the two events were on different
 * partitions, does not bring the prediction back.
 */
public final class TrackProcessor implements Processor<byte[], ScoringResult, byte[], byte[]> {
  private static final Logger log = LoggerFactory.getLogger(TrackProcessor.class);

  private static final Duration EXPIRY = Duration.ofHours(24);
  private static final Duration EXPIRY_PERIOD = Duration.ofMinutes(10);
  private static final TrackState CLOSED = TrackState.newBuilder().setClosed(true).build();

  private final ScoringPath path;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<String, TrackState> tracks;

  public TrackProcessor(ScoringPath path) {
    this.path = path;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.tracks = context.getStateStore(path.store());
    context.schedule(EXPIRY_PERIOD, PunctuationType.WALL_CLOCK_TIME, this::expire);
  }

  @Override
  public void process(Record<byte[], ScoringResult> record) {
    String id = ScoringPath.stateKey(record.value().extraction());
    try {
      updateTrack(record, id);
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error("Track of extraction {} failed with an internal error", id, e);
      reject(
          record,
          id,
          new RejectedException(
              Reason.INFERENCE_FAULT, "The inference service failed on this track: " + e, e));
    }
  }

  private void updateTrack(Record<byte[], ScoringResult> record, String id) {
    TrackState state = tracks.get(id);
    if (state == null) {
      state = TrackState.getDefaultInstance();
    }
    if (state.getClosed()) {
      return;
    }
    if (record.value() instanceof ScoringResult.ByModel scored) {
      addResult(record, id, state, scored);
    } else if (record.value() instanceof ScoringResult.TrackWithdrawn) {
      withdraw(record);
      closeTrack(id);
    } else {
      closeTrack(id);
    }
  }

  private void addResult(
      Record<byte[], ScoringResult> record,
      String id,
      TrackState state,
      ScoringResult.ByModel scored) {
    PredictionRecords predictions = scored.predictions();
    TrackStatistics track = TrackStatistics.of(state, predictions.genreCount());
    if (scored instanceof ScoringResult.ClipScored clip) {
      track.add(clip.index(), clip.scores());
    } else if (scored instanceof ScoringResult.ExtractionCompleted complete) {
      track.complete(complete.totals());
    }
    if (track.isComplete()) {
      if (!isWithdrawn(record)) {
        forwardPrediction(record, predictions, track);
      }
      closeTrack(id);
    } else {
      tracks.put(id, track.toState(predictions.modelSha256(), context.currentSystemTimeMs()));
    }
  }

  private void withdraw(Record<byte[], ScoringResult> record) {
    context.forward(JsonRecords.tombstone(record), path.predictionsSink());
    String key = ScoringPath.withdrawalKey(trackId(record));
    TrackState earlier = tracks.get(key);
    long time = earlier == null ? 0 : earlier.getWithdrawnMs();
    tracks.put(
        key,
        TrackState.newBuilder()
            .setWithdrawnMs(Math.max(time, record.timestamp()))
            .setUpdatedMs(context.currentSystemTimeMs())
            .build());
  }

  /** Returns whether the track was withdrawn at the time of the record's event or later. */
  private boolean isWithdrawn(Record<byte[], ScoringResult> record) {
    TrackState withdrawal = tracks.get(ScoringPath.withdrawalKey(trackId(record)));
    return withdrawal != null && record.timestamp() <= withdrawal.getWithdrawnMs();
  }

  private static String trackId(Record<byte[], ScoringResult> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  private void reject(Record<byte[], ScoringResult> record, String id, RejectedException why) {
    Record<byte[], byte[]> withoutValue =
        new Record<>(record.key(), null, record.timestamp(), record.headers());
    path.rejections()
        .reject(withoutValue, context.recordMetadata().orElseThrow(), why)
        .ifPresent(deadLetter -> context.forward(deadLetter, ScoringPath.DEAD_LETTERS));
    closeTrack(id);
  }

  private void forwardPrediction(
      Record<byte[], ScoringResult> record, PredictionRecords predictions, TrackStatistics track) {
    Prediction prediction =
        TrackPredictions.of(predictions, trackId(record), record.value().extraction(), track);
    context.forward(JsonRecords.of(record, prediction), path.predictionsSink());
    path.latency()
        .record(Duration.ofMillis(Math.max(0, context.currentSystemTimeMs() - record.timestamp())));
  }

  private void closeTrack(String id) {
    tracks.put(id, CLOSED.toBuilder().setUpdatedMs(context.currentSystemTimeMs()).build());
  }

  private void expire(long nowMillis) {
    try (KeyValueIterator<String, TrackState> all = tracks.all()) {
      while (all.hasNext()) {
        KeyValue<String, TrackState> entry = all.next();
        if (nowMillis - entry.value.getUpdatedMs() > EXPIRY.toMillis()) {
          tracks.delete(entry.key);
        }
      }
    }
  }
}
