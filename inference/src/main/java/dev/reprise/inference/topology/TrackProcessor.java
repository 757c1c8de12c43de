package dev.reprise.inference.topology;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.inference.v1.TrackState;
import dev.reprise.runtime.DeadLetters;
import io.micrometer.core.instrument.Timer;
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
 * Gathers a track's clips until the extraction is complete, then sends its prediction, once. After
 * a failure it sends none. What is known of an extraction is forgotten when nothing has come for a
 * day, finished or not: until then a record that comes again changes nothing.
 */
final class TrackProcessor implements Processor<byte[], Scored, byte[], byte[]> {
  static final String STORE = "tracks";

  private static final Logger log = LoggerFactory.getLogger(TrackProcessor.class);

  private static final Duration EXPIRY = Duration.ofHours(24);
  private static final Duration EXPIRY_PERIOD = Duration.ofMinutes(10);
  private static final TrackState CLOSED = TrackState.newBuilder().setClosed(true).build();

  private final Predictions predictions;
  private final int genreCount;
  private final DeadLetters deadLetters;
  private final Timer latency;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<String, TrackState> tracks;

  TrackProcessor(Predictions predictions, int genreCount, DeadLetters deadLetters, Timer latency) {
    this.predictions = predictions;
    this.genreCount = genreCount;
    this.deadLetters = deadLetters;
    this.latency = latency;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.tracks = context.getStateStore(STORE);
    context.schedule(EXPIRY_PERIOD, PunctuationType.WALL_CLOCK_TIME, this::expire);
  }

  @Override
  public void process(Record<byte[], Scored> record) {
    String id = key(record.value().extraction());
    try {
      gather(record, id);
    } catch (RejectedException e) {
      reject(record, id, e);
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error("Track of extraction {} failed for a fault of our own", id, e);
      reject(
          record,
          id,
          new RejectedException(
              Reason.INFERENCE_FAULT, "The inference service failed on this track: " + e, e));
    }
  }

  private void gather(Record<byte[], Scored> record, String id) throws RejectedException {
    TrackState state = tracks.get(id);
    if (state == null) {
      state = TrackState.getDefaultInstance();
    }
    if (state.getClosed()) {
      return;
    }
    if (record.value() instanceof Scored.Void) {
      close(id);
      return;
    }
    requireSameModel(state);
    TrackStatistics track = TrackStatistics.of(state, Feature.values().length, genreCount);
    if (record.value() instanceof Scored.Clip clip) {
      track.add(clip);
    } else if (record.value() instanceof Scored.Complete complete) {
      track.complete(complete.totals().getClipCount(), complete.totals().getDecodedSeconds());
    }
    if (track.isComplete()) {
      send(record, track);
      close(id);
    } else {
      tracks.put(
          id,
          track.toState(context.currentSystemTimeMs()).toBuilder()
              .setModelSha256(predictions.model().getSha256())
              .build());
    }
  }

  /** A mean over the clips of two models would be neither's. */
  private void requireSameModel(TrackState state) throws RejectedException {
    String before = state.getModelSha256();
    if (!before.isEmpty() && !before.equals(predictions.model().getSha256())) {
      throw new RejectedException(
          Reason.MODEL_CHANGED,
          "The model changed between two clips of this track; send its audio event again.");
    }
  }

  private void reject(Record<byte[], Scored> record, String id, RejectedException why) {
    Record<byte[], byte[]> nothing =
        new Record<>(record.key(), null, record.timestamp(), record.headers());
    context.forward(
        deadLetters.of(nothing, context.recordMetadata().orElseThrow(), why),
        InferenceTopology.DEAD_LETTERS);
    close(id);
  }

  /**
   * With the event's time, because the offsets in the id start again where a topic is made anew.
   */
  private static String key(Extraction extraction) {
    return extraction.getId() + "@" + Timestamps.toString(extraction.getEventTime());
  }

  private void send(Record<byte[], Scored> record, TrackStatistics track) {
    String trackId = new String(record.key(), StandardCharsets.UTF_8);
    Prediction prediction = predictions.track(trackId, record.value().extraction(), track);
    context.forward(InferenceTopology.json(record, prediction), InferenceTopology.PREDICTIONS);
    latency.record(
        Duration.ofMillis(Math.max(0, context.currentSystemTimeMs() - record.timestamp())));
  }

  private void close(String id) {
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
