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
 * @param time the record's own
 */
public record DeadLetter(String key, Map<String, String> headers, int valueBytes, Instant time) {
  public DeadLetter {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  public static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
    return of(record.key(), record.value(), record.headers(), record.timestamp());
  }

  /**
   * @param timestampMillis the record's own
   */
  public static DeadLetter of(
      byte @Nullable [] key, byte @Nullable [] value, Headers headers, long timestampMillis) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Header header : headers) {
      texts.put(header.key(), text(header.value()));
    }
    return new DeadLetter(
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

  /** The rejected record's place, {@code topic-partition-offset}: an extraction's id. */
  public String source() {
    return sourceTopic() + "-" + header(DeadLetters.PARTITION) + "-" + header(DeadLetters.OFFSET);
  }

  /**
   * The extraction that came to nothing, where the letter is of one: a rejected event is itself the
   * extraction, a rejected clip names it.
   *
   * @param value the letter's, which this record does not keep
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
   * Whether the letter has the rejected record's value, rather than its coordinates in its place.
   *
   * @param value the letter's, which this record does not keep
   */
  public boolean hasValue(byte @Nullable [] value) {
    return !Arrays.equals(
        value,
        DeadLetters.place(
            sourceTopic(), header(DeadLetters.PARTITION), header(DeadLetters.OFFSET)));
  }

  private String header(String name) {
    return headers.getOrDefault(name, "");
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
