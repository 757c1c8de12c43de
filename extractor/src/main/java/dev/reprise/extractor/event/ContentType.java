package dev.reprise.extractor.event;

import dev.reprise.contract.MediaTypes;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The header that says what an event's value is. */
final class ContentType {
  static final String HEADER = "content-type";

  private ContentType() {}

  /** Returns the media type without its parameters, in lower case; empty if none is given. */
  static String of(Headers headers) {
    Header header = headers.lastHeader(HEADER);
    if (header == null || header.value() == null) {
      return "";
    }
    return MediaTypes.withoutParameters(new String(header.value(), StandardCharsets.UTF_8));
  }

  static boolean isJson(Headers headers) {
    String type = of(headers);
    return type.isEmpty() || type.equals("application/json");
  }
}
