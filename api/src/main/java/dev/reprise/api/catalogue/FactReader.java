package dev.reprise.api.catalogue;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.api.state.v1.Fact;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;

/** Reads the records of one topic. */
interface FactReader {
  /** Returns the kind of the topic's records, the {@code kind} label of the unreadable meter. */
  String kind();

  /**
   * Returns the fact in a record; empty if it has none that is kept.
   *
   * @throws InvalidProtocolBufferException if the value is not of the topic's type
   */
  Optional<Fact> read(Record<byte[], byte[]> record) throws InvalidProtocolBufferException;
}
