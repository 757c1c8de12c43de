package dev.reprise.extractor.topology;

import dev.reprise.contract.Stage;
import dev.reprise.contract.Topics;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderPool;
import dev.reprise.extractor.source.Sources;
import dev.reprise.extractor.uploads.UploadDeletions;
import dev.reprise.runtime.DeadLetters;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;

/** The extractor's topology: audio-files in; mfcc and dead-letters out. */
public final class ExtractorTopology {
  static final String MFCC = "mfcc";
  static final String DEAD_LETTERS = "dead-letters";

  private ExtractorTopology() {}

  /**
   * Builds the topology.
   *
   * @param objectTrackIds for events that are notifications of buckets
   * @param spoolDirectory where the clips of long files are kept until they are sent; must exist
   * @param uploads to be deleted when their extraction is committed
   */
  public static Topology create(
      Topics topics,
      Sources sources,
      ObjectTrackIdRule objectTrackIds,
      DecoderPool decoders,
      Path spoolDirectory,
      UploadDeletions uploads,
      MeterRegistry registry) {
    DeadLetters deadLetters =
        new DeadLetters(registry, Set.of(Stage.EVENT, Stage.FETCH, Stage.DECODE));
    ExtractorMeters meters = new ExtractorMeters(registry);
    var bytes = Serdes.ByteArray();
    // Keys and values are read as bytes, so that malformed ones also reach the processor, which
    // rejects them.
    return new Topology()
        .addSource("audio-files", bytes.deserializer(), bytes.deserializer(), topics.audioFiles())
        .addProcessor(
            "extract",
            () ->
                new ExtractionProcessor(
                    sources,
                    objectTrackIds,
                    decoders,
                    spoolDirectory,
                    uploads,
                    deadLetters,
                    meters),
            "audio-files")
        .addSink(MFCC, topics.mfcc(), bytes.serializer(), bytes.serializer(), "extract")
        .addSink(
            DEAD_LETTERS, topics.deadLetters(), bytes.serializer(), bytes.serializer(), "extract");
  }
}
