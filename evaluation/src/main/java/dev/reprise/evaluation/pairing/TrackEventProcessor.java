package dev.reprise.evaluation.pairing;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.evaluation.v1.TrackEvent;
import dev.reprise.runtime.DeadLetters;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the records of an input topic; gives a {@link TrackEvent} or a {@link Letter} for each. */
public final class TrackEventProcessor implements Processor<byte[], byte[], byte[], Object> {
  private static final Logger log = LoggerFactory.getLogger(TrackEventProcessor.class);

  /** As long as the extractor lets a track id be. */
  private static final int MAX_KEY_BYTES = 256;

  private final TrackEventReader reader;
  private final DeadLetters deadLetters;
  private ProcessorContext<byte[], Object> context;

  public TrackEventProcessor(TrackEventReader reader, DeadLetters deadLetters) {
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
      // Without its headers: what is made of many records describes none of them.
      context.forward(record.withValue((Object) event).withHeaders(new RecordHeaders()));
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
    if (key == null || key.length == 0) {
      throw badKey("The record has no key");
    }
    if (key.length > MAX_KEY_BYTES) {
      throw badKey("The record's key has over " + MAX_KEY_BYTES + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
    } catch (CharacterCodingException e) {
      throw badKey("The record's key is not UTF-8 text");
    }
  }

  private RejectedException badKey(String what) {
    return new RejectedException(reader.badRecord(), what + "; it must be the track id.");
  }

  private void reject(Record<byte[], byte[]> record, RejectedException why) {
    reader.rejected();
    Record<byte[], byte[]> letter =
        deadLetters.of(record, context.recordMetadata().orElseThrow(), why);
    context.forward(letter.withValue(new Letter(letter.value())));
  }
}
