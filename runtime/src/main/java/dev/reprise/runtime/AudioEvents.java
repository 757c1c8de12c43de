package dev.reprise.runtime;

import dev.reprise.contract.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Builds audio events: CloudEvents in binary mode. */
public final class AudioEvents {
  /** Maximum size of an audio event's value, which leaves room for key, headers and framing. */
  public static final int MAX_VALUE_BYTES = Topics.MAX_EVENT_BYTES - (16 << 10);

  private AudioEvents() {}

  /**
   * Returns an audio event, with the current time as its event time.
   *
   * @param topic the topic of audio events
   * @param eventId the CloudEvents id
   * @param source the CloudEvents source: the producer
   * @param contentType media type of the value: an audio type, or JSON
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
