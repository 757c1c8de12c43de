package dev.reprise.inference.topology;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.Prediction;
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
 * Gathers a track's clips until the extraction is complete, then sends its prediction, once. After
 * a failure it sends none. What is known of an extraction is forgotten when nothing has come for a
 * day, finished or not: until then a record that comes again changes nothing.
 */
final class TrackProcessor implements Processor<byte[], Scored, byte[], byte[]> {
  private static final Logger log = LoggerFactory.getLogger(TrackProcessor.class);

  private static final Duration EXPIRY = Duration.ofHours(24);
  private static final Duration EXPIRY_PERIOD = Duration.ofMinutes(10);
  private static final TrackState CLOSED = TrackState.newBuilder().setClosed(true).build();

  private final Lane lane;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<String, TrackState> tracks;

  TrackProcessor(Lane lane) {
    this.lane = lane;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.tracks = context.getStateStore(lane.store());
    context.schedule(EXPIRY_PERIOD, PunctuationType.WALL_CLOCK_TIME, this::expire);
  }

  @Override
  public void process(Record<byte[], Scored> record) {
    String id = key(record.value().extraction());
    try {
      gather(record, id);
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

  private void gather(Record<byte[], Scored> record, String id) {
    TrackState state = tracks.get(id);
    if (state == null) {
      state = TrackState.getDefaultInstance();
    }
    if (state.getClosed()) {
      return;
    }
    if (record.value() instanceof Scored.ByModel scored) {
      gather(record, id, state, scored);
    } else {
      close(id);
    }
  }

  private void gather(
      Record<byte[], Scored> record, String id, TrackState state, Scored.ByModel scored) {
    Predictions predictions = scored.predictions();
    TrackStatistics track = TrackStatistics.of(state, predictions.genreCount());
    if (scored instanceof Scored.Clip clip) {
      track.add(clip.index(), clip.scores());
    } else if (scored instanceof Scored.Complete complete) {
      track.complete(complete.totals());
    }
    if (track.isComplete()) {
      send(record, predictions, track);
      close(id);
    } else {
      tracks.put(id, track.toState(predictions.modelSha256(), context.currentSystemTimeMs()));
    }
  }

  private void reject(Record<byte[], Scored> record, String id, RejectedException why) {
    Record<byte[], byte[]> nothing =
        new Record<>(record.key(), null, record.timestamp(), record.headers());
    lane.rejections()
        .reject(nothing, context.recordMetadata().orElseThrow(), why)
        .ifPresent(letter -> context.forward(letter, InferenceTopology.DEAD_LETTERS));
    close(id);
  }

  /**
   * With the event's time, because the offsets in the id start again where a topic is made anew.
   */
  static String key(Extraction extraction) {
    return extraction.getId() + "@" + Timestamps.toString(extraction.getEventTime());
  }

  private void send(Record<byte[], Scored> record, Predictions predictions, TrackStatistics track) {
    String trackId = new String(record.key(), StandardCharsets.UTF_8);
    Prediction prediction = predictions.track(trackId, record.value().extraction(), track);
    context.forward(InferenceTopology.json(record, prediction), lane.predictionsSink());
    lane.latency()
        .record(Duration.ofMillis(Math.max(0, context.currentSystemTimeMs() - record.timestamp())));
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
