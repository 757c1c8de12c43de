package dev.reprise.inference.topology;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Feature;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.inference.v1.TrackState;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Gathers a track's clips until the extraction is complete, then sends its prediction, once. After
 * a failure it sends none. What is known of an extraction is forgotten when nothing has come for a
 * day, finished or not: until then a record that comes again changes nothing.
 */
final class TrackProcessor implements Processor<byte[], Scored, byte[], byte[]> {
  static final String STORE = "tracks";

  private static final Duration EXPIRY = Duration.ofHours(24);
  private static final Duration EXPIRY_PERIOD = Duration.ofMinutes(10);
  private static final TrackState CLOSED = TrackState.newBuilder().setClosed(true).build();

  private final Predictions predictions;
  private final int genreCount;
  private final Timer latency;
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<String, TrackState> tracks;

  TrackProcessor(Predictions predictions, int genreCount, Timer latency) {
    this.predictions = predictions;
    this.genreCount = genreCount;
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
    Scored scored = record.value();
    String id = key(scored.extraction());
    TrackState state = tracks.get(id);
    if (state == null) {
      state = TrackState.getDefaultInstance();
    }
    if (state.getClosed()) {
      return;
    }
    if (scored instanceof Scored.Void) {
      close(id);
      return;
    }
    TrackStatistics track = TrackStatistics.of(state, Feature.values().length, genreCount);
    if (scored instanceof Scored.Clip clip) {
      track.add(clip);
    } else if (scored instanceof Scored.Complete complete) {
      track.complete(complete.totals().getClipCount(), complete.totals().getDecodedSeconds());
    }
    if (track.isComplete()) {
      send(record, track);
      close(id);
    } else {
      tracks.put(id, track.toState(context.currentSystemTimeMs()));
    }
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
    context.forward(InferenceTopology.json(record, prediction));
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
