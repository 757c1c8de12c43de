package dev.reprise.runtime;

import dev.reprise.contract.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Builds audio events, CloudEvents in binary mode. */
public final class AudioEvents {
  /** Largest value of an audio event, so that key, headers and framing fit beside it. */
  public static final int MAX_VALUE_BYTES = Topics.MAX_EVENT_BYTES - (16 << 10);

  private AudioEvents() {}

  /**
   * @param topic that of audio events
   * @param eventId CloudEvents' id
   * @param source CloudEvents' source: the producer
   * @param contentType of the value: an audio type, or JSON
   */
  public static ProducerRecord<String, byte[]> record(
      String topic,
      String trackId,
      String eventId,
      String source,
      String contentType,
      byte[] value) {
    ProducerRecord<String, byte[]> event = new ProducerRecord<>(topic, trackId, value);
    Headers headers = event.headers();
    add(headers, "content-type", contentType);
    add(headers, "ce_specversion", "1.0");
    add(headers, "ce_id", eventId);
    add(headers, "ce_source", source);
    add(headers, "ce_type", "dev.reprise.audio-file.submitted");
    add(headers, "ce_subject", trackId);
    add(headers, "ce_time", Instant.now().toString());
    return event;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
