package dev.reprise.inference.scoring;

import dev.reprise.contract.RejectedException;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Handles records that cannot be scored. */
public interface RejectionHandler {
  /** Counts the record, and returns its dead letter if it gets one. */
  Optional<Record<byte[], byte[]>> reject(
      Record<byte[], byte[]> record, RecordMetadata source, RejectedException why);
}
