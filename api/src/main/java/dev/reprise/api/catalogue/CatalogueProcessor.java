package dev.reprise.api.catalogue;

import dev.reprise.api.state.v1.ExtractedClip;
import dev.reprise.api.state.v1.Fact;
import dev.reprise.api.state.v1.KnownTrack;
import dev.reprise.api.v1.Clip;
import dev.reprise.contract.RecordCoordinates;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** Maintains the state of each track, with clips in a separate store: a track may have many. */
final class CatalogueProcessor extends ContextualProcessor<String, Fact, Void, Void> {
  static final String TRACKS = "tracks";
  static final String CLIPS = "clips";

  private static final String SEPARATOR = "\0";

  @Override
  public void process(Record<String, Fact> record) {
    KeyValueStore<String, KnownTrack> tracks = context().getStateStore(TRACKS);
    KeyValueStore<String, Clip> clips = context().getStateStore(CLIPS);
    KnownTrack stored = tracks.get(record.key());
    KnownTrack before = stored == null ? KnownTrack.getDefaultInstance() : stored;
    if (record.value().hasClip()) {
      storeClip(clips, record.key(), before, record.value());
      return;
    }
    KnownTrack after = KnownTracks.apply(before, record.value());
    if (!after.equals(before)) {
      tracks.put(record.key(), after);
      deleteStaleClips(clips, record.key(), after);
    }
  }

  /** Stores a clip, unless its extraction has been superseded or has failed. */
  private static void storeClip(
      KeyValueStore<String, Clip> clips, String trackId, KnownTrack track, Fact fact) {
    ExtractedClip clip = fact.getClip();
    boolean current = clip.getExtractionId().equals(track.getPrediction().getExtractionId());
    if (current
        || (!track.getSettledList().contains(clip.getExtractionId())
            && fact.getTimeMs() >= track.getPredictionMs())) {
      clips.put(
          prefix(trackId, clip.getExtractionId())
              + String.format(Locale.ROOT, "%08d", clip.getClip().getIndex()),
          clip.getClip());
    }
  }

  /**
   * Deletes the clips of settled extractions, except the current one, and of those that precede the
   * current one on its partition.
   */
  private static void deleteStaleClips(
      KeyValueStore<String, Clip> clips, String trackId, KnownTrack track) {
    String current = track.getPrediction().getExtractionId();
    Optional<RecordCoordinates> coordinates = RecordCoordinates.parse(current);
    for (String key : findKeys(clips, trackId + SEPARATOR)) {
      String extraction = key.split(SEPARATOR, -1)[1];
      boolean superseded =
          coordinates.isPresent()
              && RecordCoordinates.parse(extraction).filter(coordinates.get()::isAfter).isPresent();
      if (!extraction.equals(current)
          && (superseded || track.getSettledList().contains(extraction))) {
        clips.delete(key);
      }
    }
  }

  /**
   * Returns the key prefix of an extraction; track and extraction ids have no control characters.
   */
  static String prefix(String trackId, String extractionId) {
    return trackId + SEPARATOR + extractionId + SEPARATOR;
  }

  private static List<String> findKeys(ReadOnlyKeyValueStore<String, Clip> clips, String prefix) {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, Clip> found =
        clips.prefixScan(prefix, Serdes.String().serializer())) {
      found.forEachRemaining(entry -> keys.add(entry.key));
    }
    return keys;
  }

  /** Returns the clips of an extraction, by time. */
  static List<Clip> readClips(
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
