package dev.reprise.inference.scoring;

import dev.reprise.contract.RejectedException;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** What becomes of a record that cannot be used. */
public interface RejectionHandler {
  /** Counts the record and gives its dead letter, if it is to have one. */
  Optional<Record<byte[], byte[]>> reject(
      Record<byte[], byte[]> record, RecordMetadata source, RejectedException why);
}
