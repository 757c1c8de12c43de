package dev.reprise.extractor.event;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.format.EventDeserializationException;
import io.cloudevents.core.format.EventFormat;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.rw.CloudEventRWException;
import io.cloudevents.types.Time;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/**
 * CloudEvents in structured mode: attributes and data together are the value, in JSON. Attributes
 * become headers and the data becomes the value, as in binary mode, which is what everything after
 * this step reads (Kafka protocol binding for CloudEvents 1.0).
 */
public final class StructuredMode {
  private static final String CONTENT_TYPE = "application/cloudevents+json";
  private static final String PREFIX = "ce_";

  private StructuredMode() {}

  /**
   * Returns the event in binary mode; the same record if it is not in structured mode.
   *
   * @throws RejectedException ({@link Reason#BAD_EVENT}) if the value is not a CloudEvent
   */
  public static Record<byte[], byte[]> toBinaryMode(Record<byte[], byte[]> event)
      throws RejectedException {
    if (event.value() == null || !ContentType.of(event.headers()).equals(CONTENT_TYPE)) {
      return event;
    }
    CloudEvent parsed = parse(event.value());
    byte[] data = parsed.getData() == null ? null : parsed.getData().toBytes();
    return event.withHeaders(headers(event.headers(), parsed)).withValue(data);
  }

  private static CloudEvent parse(byte[] value) throws RejectedException {
    EventFormat format = new JsonFormat();
    try {
      return format.deserialize(value);
    } catch (EventDeserializationException | CloudEventRWException e) {
      throw new RejectedException(
          Reason.BAD_EVENT, "The value is not a CloudEvent in JSON: " + e.getMessage() + ".", e);
    }
  }

  private static Headers headers(Headers original, CloudEvent event) {
    Headers headers = new RecordHeaders(original);
    headers.remove(ContentType.HEADER);
    for (String name : event.getAttributeNames()) {
      Object value = event.getAttribute(name);
      if (value != null && !name.equals("datacontenttype")) {
        set(headers, PREFIX + name, value);
      }
    }
    for (String name : event.getExtensionNames()) {
      Object value = event.getExtension(name);
      if (value != null) {
        set(headers, PREFIX + name, value);
      }
    }
    if (event.getDataContentType() != null) {
      set(headers, ContentType.HEADER, event.getDataContentType());
    }
    return headers;
  }

  private static void set(Headers headers, String name, Object value) {
    String text = value instanceof OffsetDateTime time ? Time.writeTime(time) : value.toString();
    headers.remove(name);
    headers.add(name, text.getBytes(StandardCharsets.UTF_8));
  }
}
