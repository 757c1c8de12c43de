package dev.reprise.evaluation.pairing;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.TrackId;
import dev.reprise.evaluation.v1.TrackUpdate;
import dev.reprise.runtime.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the records of an input topic; rejects those that are not valid. */
public final class TrackUpdateProcessor implements Processor<byte[], byte[], byte[], ReadResult> {
  private static final Logger log = LoggerFactory.getLogger(TrackUpdateProcessor.class);

  private final TrackUpdateReader reader;
  private final DeadLetters deadLetters;
  private ProcessorContext<byte[], ReadResult> context;

  public TrackUpdateProcessor(TrackUpdateReader reader, DeadLetters deadLetters) {
    this.reader = reader;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<byte[], ReadResult> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    try {
      TrackUpdate update = reader.read(trackId(record.key()), record.value(), record.timestamp());
      // Without headers: results are derived from several records.
      context.forward(
          record
              .withValue((ReadResult) new ReadResult.Accepted(update))
              .withHeaders(new RecordHeaders()));
    } catch (RejectedException e) {
      reject(record, e);
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error(
          "A record of {} failed with an internal error",
          context.recordMetadata().orElseThrow().topic(),
          e);
      reject(
          record,
          new RejectedException(
              Reason.EVALUATION_FAULT, "The evaluation failed on this record: " + e, e));
    }
  }

  private String trackId(byte @Nullable [] key) throws RejectedException {
    Optional<String> fault = TrackId.fault(key);
    if (key == null || fault.isPresent()) {
      throw new RejectedException(
          reader.invalidReason(),
          "The record's key " + fault.orElse("is empty") + "; it must be the track id.");
    }
    return new String(key, StandardCharsets.UTF_8);
  }

  private void reject(Record<byte[], byte[]> record, RejectedException why) {
    reader.countRejected();
    Record<byte[], byte[]> deadLetter =
        deadLetters.of(record, context.recordMetadata().orElseThrow(), why);
    context.forward(deadLetter.withValue(new ReadResult.Rejected(deadLetter.value())));
  }
}
