package dev.reprise.inference.scoring;

import com.google.protobuf.Message;
import dev.reprise.contract.Json;
import dev.reprise.runtime.PropagatedHeaders;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/** Builds records with JSON values. */
public final class JsonRecords {
  private JsonRecords() {}

  /** Returns a record without a value, with the headers that are propagated from its source. */
  public static Record<byte[], byte[]> tombstone(Record<byte[], ?> source) {
    return new Record<>(source.key(), null, source.timestamp(), propagatedHeaders(source));
  }

  /** Returns the message as JSON, with the headers that are propagated from its source record. */
  public static Record<byte[], byte[]> of(Record<byte[], ?> source, Message message) {
    Headers headers = propagatedHeaders(source);
    headers.add("content-type", "application/json".getBytes(StandardCharsets.UTF_8));
    return source.withValue(Json.bytes(message)).withHeaders(headers);
  }

  private static Headers propagatedHeaders(Record<byte[], ?> source) {
    return PropagatedHeaders.of(source.headers()).orElse(new RecordHeaders());
  }
}
