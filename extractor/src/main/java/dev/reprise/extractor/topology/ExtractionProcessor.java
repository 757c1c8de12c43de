package dev.reprise.extractor.topology;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.extractor.crash.CrashJournal;
import dev.reprise.extractor.crash.DecodingThread;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.event.AudioEvent;
import dev.reprise.extractor.event.AudioEventParser;
import dev.reprise.extractor.event.TrackIds;
import dev.reprise.extractor.extraction.AudioExtractor;
import dev.reprise.extractor.extraction.Extraction;
import dev.reprise.extractor.extraction.ExtractionException;
import dev.reprise.extractor.source.Sources;
import dev.reprise.runtime.CarriedHeaders;
import dev.reprise.runtime.DeadLetters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * rejected. Whatever the event does, the stream goes on; only Kafka's own failures escape, for
 * Kafka Streams to handle.
 *
 * <p>Clips are forwarded while the file is still being decoded. That is safe, since they and the
 * terminal record are of one transaction, and readers are told to void an extraction's clips when
 * it ends as failed.
 */
final class ExtractionProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final Logger log = LoggerFactory.getLogger(ExtractionProcessor.class);

  private final MfccContract contract = MfccContract.current();
  private final Sources sources;
  private final CrashJournal crashes;
  private final DeadLetters deadLetters;
  private final ExtractorMeters meters;
  private final AudioExtractor extractor;
  private ProcessorContext<byte[], byte[]> context;

  ExtractionProcessor(
      DecodeLimits limits,
      Sources sources,
      CrashJournal crashes,
      DeadLetters deadLetters,
      ExtractorMeters meters) {
    this.sources = sources;
    this.crashes = crashes;
    this.deadLetters = deadLetters;
    this.meters = meters;
    this.extractor = new AudioExtractor(contract, limits);
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> event) {
    RecordMetadata place = context.recordMetadata().orElseThrow();
    String extractionId = place.topic() + "-" + place.partition() + "-" + place.offset();
    long start = System.nanoTime();
    try {
      byte[] trackId = TrackIds.of(event.key(), event.headers()).getBytes(StandardCharsets.UTF_8);
      Output output =
          new Output(
              event
                  .withKey(trackId)
                  .withHeaders(CarriedHeaders.of(event.headers()).orElse(new RecordHeaders())),
              new MfccRecords(extractionId, event.timestamp(), contract));
      extract(event, extractionId, output);
    } catch (ExtractionException e) {
      meters.failed(e.decodedSeconds());
      reject(event, place, e.rejection());
    } catch (RejectedException e) {
      meters.failed(0);
      reject(event, place, e);
    } finally {
      meters.took(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private void extract(Record<byte[], byte[]> event, String extractionId, Output output)
      throws ExtractionException {
    try {
      Extraction extraction = decode(event, extractionId, output);
      meters.completed(extraction);
      output.send(output.records.complete(extraction));
    } catch (ExtractionException e) {
      output.send(output.records.failed(e.rejection().reason(), e.decodedSeconds()));
      throw e;
    }
  }

  private Extraction decode(Record<byte[], byte[]> event, String extractionId, Output output)
      throws ExtractionException {
    try {
      requireFewHeaders(event);
      AudioEvent audio = AudioEventParser.parse(event.value(), event.headers());
      meters.unknownFields(audio.unknownFields().size());
      requireInnocent(extractionId);
      try (AudioInput input = sources.open(audio.source());
          DecodingThread thread = DecodingThread.enter(extractionId)) {
        return extractor.extract(
            input, clip -> thread.outside(() -> output.send(output.records.clip(clip))));
      }
    } catch (RejectedException e) {
      throw new ExtractionException(e, 0);
    } catch (KafkaException e) {
      // Not the event's fault: fenced, migrated, broker gone. Kafka Streams knows what to do.
      throw e;
    } catch (RuntimeException | IOException e) {
      log.error("Extraction {} failed for a fault of the extractor's own", extractionId, e);
      throw new ExtractionException(
          new RejectedException(
              Reason.EXTRACTOR_FAULT, "The extractor failed on this event: " + e, e),
          0);
    }
  }

  private static void requireFewHeaders(Record<byte[], byte[]> event) throws RejectedException {
    if (CarriedHeaders.of(event.headers()).isEmpty()) {
      throw new RejectedException(
          Reason.BAD_EVENT,
          "The event's ce_* and trace headers have more than the "
              + CarriedHeaders.MAX_BYTES
              + " bytes that are carried on; make them smaller.");
    }
  }

  private void requireInnocent(String extractionId) throws RejectedException {
    int charges = crashes.charges(extractionId);
    if (charges >= CrashJournal.MAX_CHARGES) {
      throw new RejectedException(
          Reason.DECODER_CRASHED,
          "Decoding this event crashed the extractor "
              + charges
              + " times; it is not tried again.");
    }
  }

  private void reject(Record<byte[], byte[]> event, RecordMetadata place, RejectedException why) {
    context.forward(deadLetters.of(event, place, why), ExtractorTopology.DEAD_LETTERS);
  }

  @Override
  public void close() {
    extractor.close();
  }

  /** Where the records of one extraction go. */
  private final class Output {
    private final Record<byte[], byte[]> template;
    private final MfccRecords records;

    Output(Record<byte[], byte[]> template, MfccRecords records) {
      this.template = template;
      this.records = records;
    }

    void send(MfccRecord record) {
      context.forward(template.withValue(record.toByteArray()), ExtractorTopology.MFCC);
    }
  }
}
