package dev.reprise.cli.kafka;

import dev.reprise.runtime.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A rejected record, without its value.
 *
 * @param key the record's key as text
 * @param headers all headers as text, in their order
 * @param valueBytes length of the value
 * @param time the record's own
 */
public record DeadLetter(String key, Map<String, String> headers, int valueBytes, Instant time) {
  public DeadLetter {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  public static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      headers.put(header.key(), text(header.value()));
    }
    return new DeadLetter(
        text(record.key()),
        headers,
        record.value() == null ? 0 : record.value().length,
        Instant.ofEpochMilli(record.timestamp()));
  }

  public String stage() {
    return header(DeadLetters.STAGE);
  }

  public String reason() {
    return header(DeadLetters.REASON);
  }

  public String message() {
    return header(DeadLetters.MESSAGE);
  }

  public String sourceTopic() {
    return header(DeadLetters.TOPIC);
  }

  /** The rejected record's place, {@code topic-partition-offset}: an extraction's id. */
  public String source() {
    return sourceTopic() + "-" + header(DeadLetters.PARTITION) + "-" + header(DeadLetters.OFFSET);
  }

  private String header(String name) {
    return headers.getOrDefault(name, "");
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
