package dev.reprise.extractor.topology;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.event.AudioEvent;
import dev.reprise.extractor.event.AudioEventParser;
import dev.reprise.extractor.event.BucketNotification;
import dev.reprise.extractor.event.ObjectChange;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.event.StructuredMode;
import dev.reprise.extractor.event.TrackIds;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.extraction.ExtractionResult;
import dev.reprise.extractor.pool.DecoderPool;
import dev.reprise.extractor.pool.DecoderUnavailableException;
import dev.reprise.extractor.source.Sources;
import dev.reprise.extractor.uploads.UploadDeletions;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.runtime.PropagatedHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Extracts audio events: forwards the clips and one terminal record of each event, and a dead
 * letter if the event is rejected. No event stops the stream; only failures of Kafka, of the spool
 * and of the system propagate, for Kafka Streams to retry.
 *
 * <p>Nothing is forwarded while a file is decoded: clips are spooled until its end, then forwarded
 * with the terminal record, and a commit is requested. So a transaction lasts milliseconds, however
 * long the decoding took.
 */
final class ExtractionProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final Logger log = LoggerFactory.getLogger(ExtractionProcessor.class);

  private final MfccContract contract = MfccContract.current();
  private final Sources sources;
  private final ObjectTrackIdRule objectTrackIds;
  private final DecoderPool decoders;
  private final Path spoolDirectory;
  private final UploadDeletions uploads;
  private final DeadLetters deadLetters;
  private final ExtractorMeters meters;
  private ProcessorContext<byte[], byte[]> context;
  private @Nullable TopicPartition partition;

  ExtractionProcessor(
      Sources sources,
      ObjectTrackIdRule objectTrackIds,
      DecoderPool decoders,
      Path spoolDirectory,
      UploadDeletions uploads,
      DeadLetters deadLetters,
      ExtractorMeters meters) {
    this.sources = sources;
    this.objectTrackIds = objectTrackIds;
    this.decoders = decoders;
    this.spoolDirectory = spoolDirectory;
    this.uploads = uploads;
    this.deadLetters = deadLetters;
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> event) {
    RecordMetadata coordinates = context.recordMetadata().orElseThrow();
    partition = partitionOf(coordinates);
    long start = System.nanoTime();
    try (ClipSpool clips = new ClipSpool(spoolDirectory)) {
      Outcome outcome = extract(event, coordinates, clips);
      publish(outcome, event, coordinates, clips);
    }
    context.commit();
    meters.recordDuration(Duration.ofNanos(System.nanoTime() - start));
  }

  /** Extracts an event and returns its outcome; its clips are added to the spool. */
  private Outcome extract(
      Record<byte[], byte[]> received, RecordMetadata coordinates, ClipSpool clips) {
    MfccRecords records = null;
    try {
      Record<byte[], byte[]> event = StructuredMode.toBinaryMode(received);
      Optional<BucketNotification> notification =
          BucketNotification.parse(event.value(), event.headers());
      Optional<ObjectChange> change = notification.flatMap(BucketNotification::change);
      if (notification.isPresent() && change.isEmpty()) {
        return new Outcome.Ignored();
      }
      Optional<Headers> propagated = PropagatedHeaders.of(event.headers());
      records =
          new MfccRecords(
              template(event, trackId(event, change), propagated),
              extractionId(coordinates),
              contract);
      requireHeadersWithinLimit(propagated);
      AudioEvent audio = parse(event, change);
      if (audio.time().isPresent()) {
        records = records.at(audio.time().get());
      }
      if (change.isPresent() && change.get().kind() == ObjectChange.Kind.DELETED) {
        return sources.survivesDeletion(change.get().uri())
            ? new Outcome.Ignored()
            : new Outcome.Withdrawn(records);
      }
      return new Outcome.Completed(records, fetchAndExtract(audio, coordinates, records, clips));
    } catch (RejectedException e) {
      return new Outcome.Failed(records, e, 0);
    } catch (ExtractionException e) {
      return new Outcome.Failed(records, e.rejection(), e.decodedSeconds());
    } catch (KafkaException | UncheckedIOException | DecoderUnavailableException e) {
      // Not caused by the event: fenced, broker down, disk full, no process available.
      throw e;
    } catch (RuntimeException | IOException e) {
      log.error("Internal error in an extraction", e);
      return new Outcome.Failed(
          records,
          new RejectedException(Reason.EXTRACTOR_FAULT, "Internal error of the extractor: " + e, e),
          0);
    }
  }

  /**
   * Returns a record with the key, the headers and the timestamp of the event's records.
   *
   * @param propagated the event's propagated headers; empty if they exceed the limit
   */
  private static Record<byte[], byte[]> template(
      Record<byte[], byte[]> event, String trackId, Optional<Headers> propagated) {
    return event
        .withKey(trackId.getBytes(StandardCharsets.UTF_8))
        .withHeaders(propagated.orElse(new RecordHeaders()));
  }

  private String trackId(Record<byte[], byte[]> event, Optional<ObjectChange> change)
      throws RejectedException {
    return change.isPresent()
        ? objectTrackIds.trackId(change.get())
        : TrackIds.of(event.key(), event.headers());
  }

  private static String extractionId(RecordMetadata coordinates) {
    return new RecordCoordinates(coordinates.topic(), coordinates.partition(), coordinates.offset())
        .toString();
  }

  private static void requireHeadersWithinLimit(Optional<Headers> propagated)
      throws RejectedException {
    if (propagated.isEmpty()) {
      throw new RejectedException(
          Reason.BAD_EVENT,
          "The event's ce_* and trace headers exceed the "
              + PropagatedHeaders.MAX_BYTES
              + " bytes that can be propagated; make them smaller.");
    }
  }

  private AudioEvent parse(Record<byte[], byte[]> event, Optional<ObjectChange> change)
      throws RejectedException {
    AudioEvent audio =
        change.isPresent()
            ? AudioEventParser.of(change.get(), event.headers())
            : AudioEventParser.parse(event.value(), event.headers());
    meters.countUnknownFields(audio.unknownFields().size());
    return audio;
  }

  /**
   * Extracts the audio of an event. An upload is scheduled for deletion, which takes place when the
   * offset has been committed.
   */
  private ExtractionResult fetchAndExtract(
      AudioEvent audio, RecordMetadata coordinates, MfccRecords records, ClipSpool clips)
      throws RejectedException, ExtractionException, IOException {
    Sources.upload(audio.source())
        .ifPresent(name -> uploads.schedule(partitionOf(coordinates), coordinates.offset(), name));
    try (AudioInput input = sources.open(audio.source())) {
      return decoders.extract(input, clip -> clips.add(records.clipValue(clip)));
    }
  }

  /** Forwards the records of an outcome, and its dead letter if it failed; then counts it. */
  private void publish(
      Outcome outcome, Record<byte[], byte[]> event, RecordMetadata coordinates, ClipSpool clips) {
    if (outcome instanceof Outcome.Completed completed) {
      MfccRecords records = completed.records();
      clips.drainTo(value -> forward(records.clip(value)));
      forward(records.complete(completed.extraction()));
      meters.recordCompleted(completed.extraction());
    } else if (outcome instanceof Outcome.Withdrawn withdrawn) {
      forward(withdrawn.records().withdrawn());
      meters.recordWithdrawn();
    } else if (outcome instanceof Outcome.Ignored) {
      meters.recordIgnored();
    } else if (outcome instanceof Outcome.Failed failed) {
      if (UploadDeletions.isKept(failed.rejection().reason())) {
        uploads.keep(partitionOf(coordinates), coordinates.offset());
      }
      MfccRecords records = failed.records();
      if (records != null) {
        forward(records.failed(failed.rejection().reason(), failed.decodedSeconds()));
      }
      context.forward(
          deadLetters.of(event, coordinates, failed.rejection()), ExtractorTopology.DEAD_LETTERS);
      meters.recordFailed(failed.decodedSeconds());
    }
  }

  private static TopicPartition partitionOf(RecordMetadata coordinates) {
    return new TopicPartition(coordinates.topic(), coordinates.partition());
  }

  /** Another thread or instance may process the partition again, from its last commit. */
  @Override
  public void close() {
    if (partition != null) {
      uploads.forget(partition);
    }
  }

  private void forward(Record<byte[], byte[]> record) {
    context.forward(record, ExtractorTopology.MFCC);
  }
}
