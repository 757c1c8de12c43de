package dev.reprise.inference.evaluation;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.inference.v1.TrackEvent;
import dev.reprise.runtime.DeadLetters;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the records of an input topic; gives a {@link TrackEvent} or a {@link Letter} for each. */
final class ReadProcessor implements Processor<byte[], byte[], byte[], Object> {
  private static final Logger log = LoggerFactory.getLogger(ReadProcessor.class);

  private final RecordReader reader;
  private final DeadLetters deadLetters;
  private ProcessorContext<byte[], Object> context;

  ReadProcessor(RecordReader reader, DeadLetters deadLetters) {
    this.reader = reader;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<byte[], Object> context) {
    this.context = context;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    try {
      TrackEvent event = reader.read(trackId(record.key()), record.value(), record.timestamp());
      context.forward(record.withValue(event));
    } catch (RejectedException e) {
      reject(record, e);
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error("A record of {} failed for a fault of our own", reader.badRecord().label(), e);
      reject(
          record,
          new RejectedException(
              Reason.EVALUATION_FAULT, "The evaluation failed on this record: " + e, e));
    }
  }

  private String trackId(byte @Nullable [] key) throws RejectedException {
    try {
      String id =
          key == null
              ? ""
              : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
      if (!id.isEmpty()) {
        return id;
      }
      throw new RejectedException(
          reader.badRecord(), "The record has no key; it must be the track id.");
    } catch (CharacterCodingException e) {
      throw new RejectedException(
          reader.badRecord(), "The record's key is not UTF-8 text; it must be the track id.", e);
    }
  }

  private void reject(Record<byte[], byte[]> record, RejectedException why) {
    reader.rejected();
    Record<byte[], byte[]> letter =
        deadLetters.of(record, context.recordMetadata().orElseThrow(), why);
    context.forward(letter.withValue(new Letter(letter.value())));
  }
}
