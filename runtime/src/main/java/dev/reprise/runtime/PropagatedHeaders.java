package dev.reprise.runtime;

import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers that are propagated from an audio event to all records derived from it: CloudEvents
 * attributes and trace context. They are bounded, because the records derived from a 16 MiB event
 * must fit into topics with a limit of 1 MiB.
 */
public final class PropagatedHeaders {
  /** Maximum total size of names and values, in bytes. */
  public static final int MAX_BYTES = 64 << 10;

  private PropagatedHeaders() {}

  /** Returns the {@code headers} that are propagated; empty if they exceed {@link #MAX_BYTES}. */
  public static Optional<Headers> of(Headers headers) {
    Headers propagated = new RecordHeaders();
    long bytes = 0;
    for (Header header : headers) {
      if (isPropagated(header.key())) {
        propagated.add(header);
        // A character takes at most 3 bytes of UTF-8.
        bytes += 3L * header.key().length() + (header.value() == null ? 0 : header.value().length);
      }
    }
    return bytes > MAX_BYTES ? Optional.empty() : Optional.of(propagated);
  }

  private static boolean isPropagated(String name) {
    return name.startsWith("ce_") || name.equals("traceparent") || name.equals("tracestate");
  }
}
