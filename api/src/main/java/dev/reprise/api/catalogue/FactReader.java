package dev.reprise.api.catalogue;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.api.state.v1.Fact;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;

/** Reads the records of one topic. */
interface FactReader {
  /** What the topic has, for the meter of those that cannot be read. */
  String kind();

  /**
   * What a record says of its track; empty if nothing that is kept.
   *
   * @throws InvalidProtocolBufferException if the value is not what the topic is for
   */
  Optional<Fact> read(Record<byte[], byte[]> record) throws InvalidProtocolBufferException;
}
