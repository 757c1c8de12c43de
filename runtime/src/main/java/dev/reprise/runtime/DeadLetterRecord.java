package dev.reprise.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.MfccRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A rejected record, without its value.
 *
 * @param key the record's key as text
 * @param headers all headers as text, in their order
 * @param valueBytes length of the value
 * @param time the record's timestamp
 */
public record DeadLetterRecord(
    String key, Map<String, String> headers, int valueBytes, Instant time) {
  public DeadLetterRecord {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  public static DeadLetterRecord of(ConsumerRecord<byte[], byte[]> record) {
    return of(record.key(), record.value(), record.headers(), record.timestamp());
  }

  /**
   * Decodes a dead letter from the parts of its record.
   *
   * @param timestampMillis the record's timestamp
   */
  public static DeadLetterRecord of(
      byte @Nullable [] key, byte @Nullable [] value, Headers headers, long timestampMillis) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Header header : headers) {
      texts.put(header.key(), text(header.value()));
    }
    return new DeadLetterRecord(
        text(key), texts, value == null ? 0 : value.length, Instant.ofEpochMilli(timestampMillis));
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

  /**
   * Returns the rejected record's coordinates as text, {@code topic-partition-offset}. The headers
   * are not parsed: anyone may write to the topic, and lists also show incomplete dead letters.
   */
  public String source() {
    return sourceTopic() + "-" + header(DeadLetters.PARTITION) + "-" + header(DeadLetters.OFFSET);
  }

  /**
   * Returns the id of the failed extraction, if the dead letter belongs to one: the coordinates of
   * a rejected event, or the id in a rejected clip.
   *
   * @param value the dead letter's value, which this record does not keep
   */
  public Optional<String> extractionId(Topics topics, byte @Nullable [] value) {
    if (sourceTopic().equals(topics.audioFiles())) {
      return Optional.of(source());
    }
    if (!sourceTopic().equals(topics.mfcc()) || value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(MfccRecord.parseFrom(value).getExtraction().getId())
          .filter(id -> !id.isEmpty());
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns whether the dead letter contains the rejected record's value, rather than its
   * coordinates.
   *
   * @param value the dead letter's value, which this record does not keep
   */
  public boolean hasValue(byte @Nullable [] value) {
    return !Arrays.equals(
        value,
        DeadLetters.coordinatesJson(
            sourceTopic(), header(DeadLetters.PARTITION), header(DeadLetters.OFFSET)));
  }

  private String header(String name) {
    return headers.getOrDefault(name, "");
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
