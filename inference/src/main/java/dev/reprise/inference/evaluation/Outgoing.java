package dev.reprise.inference.evaluation;

import com.google.protobuf.Message;
import dev.reprise.contract.Json;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/** The value of a record on its way to one of several topics. */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
record Outgoing(String topic, byte @Nullable [] value) {
  /** Writes the value; the topic is the sink's business. */
  static final Serde<Outgoing> SERDE =
      Serdes.serdeFrom(
          (topic, outgoing) -> outgoing.value(),
          (topic, bytes) -> {
            throw new UnsupportedOperationException("These are never read.");
          });

  static Outgoing json(String topic, Message message) {
    return new Outgoing(topic, Json.bytes(message));
  }
}
