package dev.reprise.api.catalogue;

import dev.reprise.api.state.v1.ExtractedClip;
import dev.reprise.api.state.v1.Fact;
import dev.reprise.api.state.v1.KnownTrack;
import dev.reprise.api.v1.Clip;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** Keeps what is known of each track, and its clips apart: a long track has many. */
final class TrackProcessor extends ContextualProcessor<String, Fact, Void, Void> {
  static final String TRACKS = "tracks";
  static final String CLIPS = "clips";

  @Override
  public void process(Record<String, Fact> record) {
    KeyValueStore<String, KnownTrack> tracks = context().getStateStore(TRACKS);
    KeyValueStore<String, Clip> clips = context().getStateStore(CLIPS);
    KnownTrack stored = tracks.get(record.key());
    KnownTrack before = stored == null ? KnownTrack.getDefaultInstance() : stored;
    if (record.value().hasClip()) {
      keep(clips, record.key(), before, record.value());
      return;
    }
    KnownTrack after = KnownTracks.after(before, record.value());
    if (!after.equals(before)) {
      tracks.put(record.key(), after);
      forgetClips(clips, record.key(), before, after);
    }
  }

  /** Clips of an extraction that was overtaken are of no use any more. */
  private static void keep(
      KeyValueStore<String, Clip> clips, String trackId, KnownTrack track, Fact fact) {
    ExtractedClip clip = fact.getClip();
    if (clip.getExtractionId().equals(track.getPrediction().getExtractionId())
        || fact.getTimeMs() >= track.getPredictionMs()) {
      clips.put(
          prefix(trackId, clip.getExtractionId())
              + String.format(Locale.ROOT, "%08d", clip.getClip().getIndex()),
          clip.getClip());
    }
  }

  /** Those of a prediction that another took the place of, and of an extraction that failed. */
  private static void forgetClips(
      KeyValueStore<String, Clip> clips, String trackId, KnownTrack before, KnownTrack after) {
    String old = before.getPrediction().getExtractionId();
    if (!old.isEmpty() && !old.equals(after.getPrediction().getExtractionId())) {
      keys(clips, prefix(trackId, old)).forEach(clips::delete);
    }
    String failed = after.getFailure().getExtractionId();
    if (!failed.isEmpty()
        && !failed.equals(before.getFailure().getExtractionId())
        && !failed.equals(after.getPrediction().getExtractionId())) {
      keys(clips, prefix(trackId, failed)).forEach(clips::delete);
    }
  }

  /** Neither a track id nor an extraction's has control characters. */
  static String prefix(String trackId, String extractionId) {
    return trackId + "\0" + extractionId + "\0";
  }

  private static List<String> keys(ReadOnlyKeyValueStore<String, Clip> clips, String prefix) {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, Clip> found =
        clips.prefixScan(prefix, Serdes.String().serializer())) {
      found.forEachRemaining(entry -> keys.add(entry.key));
    }
    return keys;
  }

  /** The clips of an extraction, by time. */
  static List<Clip> clips(
      ReadOnlyKeyValueStore<String, Clip> clips, String trackId, String extractionId) {
    List<Clip> found = new ArrayList<>();
    try (KeyValueIterator<String, Clip> entries =
        clips.prefixScan(prefix(trackId, extractionId), Serdes.String().serializer())) {
      while (entries.hasNext()) {
        KeyValue<String, Clip> entry = entries.next();
        found.add(entry.value);
      }
    }
    return found;
  }
}
