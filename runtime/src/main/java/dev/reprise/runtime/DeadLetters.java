package dev.reprise.runtime;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.Stage;
import dev.reprise.contract.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Creates the dead letter of a rejected record: its key, value and headers, plus KIP-1034's {@code
 * __streams.errors.*} headers and Reprise's own stage and reason.
 *
 * <p>A dead letter must always fit: a record that is too large would abort the transaction
 * repeatedly. A value that does not fit is replaced by a small JSON object with the source's topic,
 * partition and offset; the original headers, and then the key, are dropped if the record is still
 * too large. Thread-safe.
 */
public final class DeadLetters {
  public static final String STAGE = "reprise_stage";
  public static final String REASON = "reprise_reason";
  public static final String EXCEPTION = "__streams.errors.exception";
  public static final String STACKTRACE = "__streams.errors.stacktrace";
  public static final String MESSAGE = "__streams.errors.message";
  public static final String TOPIC = "__streams.errors.topic";
  public static final String PARTITION = "__streams.errors.partition";
  public static final String OFFSET = "__streams.errors.offset";

  private static final int MAX_MESSAGE_CHARS = 2_000;
  private static final int MAX_STACKTRACE_CHARS = 8_000;

  /** Batch header, record framing, and the expansion of incompressible values. */
  private static final int OVERHEAD_BYTES = 4_096;

  private static final int HEADER_OVERHEAD_BYTES = 10;

  private final MeterRegistry registry;

  /**
   * Registers the counters at zero, so that the first dead letter is visible as an increase.
   *
   * @param stages the stages whose reasons this service may use
   */
  public DeadLetters(MeterRegistry registry, Set<Stage> stages) {
    this.registry = registry;
    for (Reason reason : Reason.values()) {
      if (stages.contains(reason.stage())) {
        counter(reason);
      }
    }
  }

  private Counter counter(Reason reason) {
    return Counter.builder("reprise.dead.letters")
        .description("Records that were rejected")
        .tag("stage", reason.stage().label())
        .tag("reason", reason.label())
        .register(registry);
  }

  /**
   * Returns the dead letter of a rejected record, and counts it.
   *
   * @param source the record's coordinates; null for a record created inside the topology
   */
  public Record<byte[], byte[]> of(
      Record<byte[], byte[]> rejected, @Nullable RecordMetadata source, RejectedException why) {
    counter(why.reason()).increment();
    Headers added = describe(source, why);
    Headers all = new RecordHeaders(rejected.headers());
    added.forEach(all::add);
    byte[] key = rejected.key();
    byte[] value = rejected.value();
    if (size(key, value, all) > Topics.MAX_EVENT_BYTES) {
      value = coordinatesJson(source);
    }
    if (size(key, value, all) > Topics.MAX_EVENT_BYTES) {
      all = added;
    }
    if (size(key, value, all) > Topics.MAX_EVENT_BYTES) {
      key = null;
    }
    return new Record<>(key, value, rejected.timestamp(), all);
  }

  private static Headers describe(@Nullable RecordMetadata source, RejectedException why) {
    Throwable cause = why.getCause() == null ? why : why.getCause();
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace));
    Headers headers = new RecordHeaders();
    add(headers, STAGE, why.reason().stage().label());
    add(headers, REASON, why.reason().label());
    add(headers, EXCEPTION, cause.getClass().getName());
    add(headers, MESSAGE, truncate(String.valueOf(why.getMessage()), MAX_MESSAGE_CHARS));
    add(headers, STACKTRACE, truncate(trace.toString(), MAX_STACKTRACE_CHARS));
    if (source != null) {
      add(headers, TOPIC, source.topic());
      add(headers, PARTITION, Integer.toString(source.partition()));
      add(headers, OFFSET, Long.toString(source.offset()));
    }
    return headers;
  }

  /** Returns whether dead-lettering added a header, rather than the record's producer. */
  public static boolean isAdded(String header) {
    return header.startsWith("__streams.errors.") || header.startsWith("reprise_");
  }

  private static byte[] coordinatesJson(@Nullable RecordMetadata source) {
    return source == null
        ? "{}".getBytes(StandardCharsets.UTF_8)
        : coordinatesJson(
            source.topic(), Integer.toString(source.partition()), Long.toString(source.offset()));
  }

  /** Returns the JSON object that replaces a value that does not fit. */
  static byte[] coordinatesJson(String topic, String partition, String offset) {
    return "{\"topic\":\"%s\",\"partition\":%s,\"offset\":\"%s\"}"
        .formatted(topic, partition, offset)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Returns an upper bound of a record's size in bytes, alone in an uncompressed batch. */
  public static int size(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
    int bytes = OVERHEAD_BYTES + length(key) + length(value);
    for (Header header : headers) {
      // A character takes at most 3 bytes of UTF-8.
      bytes += HEADER_OVERHEAD_BYTES + 3 * header.key().length() + length(header.value());
    }
    return bytes;
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String truncate(String text, int chars) {
    return text.length() <= chars ? text : text.substring(0, chars);
  }
}
