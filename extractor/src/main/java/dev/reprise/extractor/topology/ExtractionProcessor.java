package dev.reprise.extractor.topology;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.event.AudioEvent;
import dev.reprise.extractor.event.AudioEventParser;
import dev.reprise.extractor.event.TrackIds;
import dev.reprise.extractor.extraction.ClipSink;
import dev.reprise.extractor.extraction.Extraction;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.source.Sources;
import dev.reprise.extractor.worker.DecoderPool;
import dev.reprise.extractor.worker.DecoderUnavailableException;
import dev.reprise.runtime.CarriedHeaders;
import dev.reprise.runtime.DeadLetters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One audio event in; its clips and one terminal record out, and a dead letter where it is
 * rejected. Whatever the event holds, the stream goes on; only failures of Kafka, of the spool and
 * of the system escape, for Kafka Streams to retry.
 *
 * <p>Nothing is sent while a file is decoded: clips are kept until its end, then sent with the
 * terminal record, and a commit is requested. So a transaction lasts milliseconds, however long the
 * decoding took.
 */
final class ExtractionProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final Logger log = LoggerFactory.getLogger(ExtractionProcessor.class);

  private final MfccContract contract = MfccContract.current();
  private final Sources sources;
  private final DecoderPool decoders;
  private final Path spoolDirectory;
  private final DeadLetters deadLetters;
  private final ExtractorMeters meters;
  private ProcessorContext<byte[], byte[]> context;

  ExtractionProcessor(
      Sources sources,
      DecoderPool decoders,
      Path spoolDirectory,
      DeadLetters deadLetters,
      ExtractorMeters meters) {
    this.sources = sources;
    this.decoders = decoders;
    this.spoolDirectory = spoolDirectory;
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
    long start = System.nanoTime();
    try (ClipSpool clips = new ClipSpool(spoolDirectory)) {
      Record<byte[], byte[]> template = template(event);
      MfccRecords records = new MfccRecords(extractionId(coordinates), event.timestamp(), contract);
      try {
        AudioEvent audio = parse(event);
        records = audio.time().isPresent() ? records.at(audio.time().get()) : records;
        extract(audio, template, records, clips);
      } catch (ExtractionException e) {
        send(template, records.failed(e.rejection().reason(), e.decodedSeconds()));
        reject(event, coordinates, e.rejection(), e.decodedSeconds());
      }
    } catch (RejectedException e) {
      reject(event, coordinates, e, 0);
    }
    context.commit();
    meters.took(Duration.ofNanos(System.nanoTime() - start));
  }

  private static String extractionId(RecordMetadata coordinates) {
    return new RecordCoordinates(coordinates.topic(), coordinates.partition(), coordinates.offset())
        .toString();
  }

  /**
   * The event as the records made of it begin.
   *
   * @throws RejectedException if it has no track id to key them by
   */
  private static Record<byte[], byte[]> template(Record<byte[], byte[]> event)
      throws RejectedException {
    String trackId = TrackIds.of(event.key(), event.headers());
    return event
        .withKey(trackId.getBytes(StandardCharsets.UTF_8))
        .withHeaders(CarriedHeaders.of(event.headers()).orElse(new RecordHeaders()));
  }

  private AudioEvent parse(Record<byte[], byte[]> event) throws ExtractionException {
    try {
      requireHeadersWithinLimit(event);
      AudioEvent audio = AudioEventParser.parse(event.value(), event.headers());
      meters.unknownFields(audio.unknownFields().size());
      return audio;
    } catch (RejectedException e) {
      throw new ExtractionException(e, 0);
    }
  }

  private void extract(
      AudioEvent audio, Record<byte[], byte[]> template, MfccRecords records, ClipSpool clips)
      throws ExtractionException {
    Extraction extraction = decode(audio, clip -> clips.add(records.clip(clip).toByteArray()));
    clips.drainTo(record -> send(template.withValue(record)));
    send(template, records.complete(extraction));
    meters.completed(extraction);
  }

  private Extraction decode(AudioEvent audio, ClipSink sink) throws ExtractionException {
    try (AudioInput input = sources.open(audio.source())) {
      return decoders.extract(input, sink);
    } catch (RejectedException e) {
      throw new ExtractionException(e, 0);
    } catch (KafkaException | UncheckedIOException | DecoderUnavailableException e) {
      // Not the event's fault: fenced, broker gone, disk full, no process to be had.
      throw e;
    } catch (RuntimeException | IOException e) {
      log.error("Internal error in an extraction", e);
      throw new ExtractionException(
          new RejectedException(Reason.EXTRACTOR_FAULT, "Internal error of the extractor: " + e, e),
          0);
    }
  }

  private static void requireHeadersWithinLimit(Record<byte[], byte[]> event)
      throws RejectedException {
    if (CarriedHeaders.of(event.headers()).isEmpty()) {
      throw new RejectedException(
          Reason.BAD_EVENT,
          "The event's ce_* and trace headers have more than the "
              + CarriedHeaders.MAX_BYTES
              + " bytes that are carried on; make them smaller.");
    }
  }

  private void send(Record<byte[], byte[]> template, MfccRecord record) {
    send(template.withValue(record.toByteArray()));
  }

  private void send(Record<byte[], byte[]> record) {
    context.forward(record, ExtractorTopology.MFCC);
  }

  private void reject(
      Record<byte[], byte[]> event,
      RecordMetadata coordinates,
      RejectedException why,
      double decodedSeconds) {
    meters.failed(decodedSeconds);
    context.forward(deadLetters.of(event, coordinates, why), ExtractorTopology.DEAD_LETTERS);
  }
}
