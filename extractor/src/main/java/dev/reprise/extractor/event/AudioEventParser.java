package dev.reprise.extractor.event;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.contract.Json;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.contract.v1.AudioFile;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads the value of an audio-files record: the audio itself where the {@code content-type} header
 * says so, else an {@code AudioFile} in JSON.
 */
public final class AudioEventParser {
  private static final String CONTENT_TYPE = "content-type";

  private AudioEventParser() {}

  /**
   * @throws RejectedException ({@link Reason#EMPTY_EVENT} or {@link Reason#BAD_EVENT})
   */
  public static AudioEvent parse(byte @Nullable [] value, Headers headers)
      throws RejectedException {
    if (value == null || value.length == 0) {
      throw new RejectedException(
          Reason.EMPTY_EVENT, "The event has no value; send an AudioFile in JSON or the audio.");
    }
    String contentType = contentType(headers);
    if (contentType.startsWith("audio/") || contentType.equals("application/octet-stream")) {
      return new AudioEvent(new AudioEvent.Inline(value, contentType), Set.of());
    }
    if (contentType.isEmpty() || contentType.equals("application/json")) {
      return parseJson(value);
    }
    throw new RejectedException(
        Reason.BAD_EVENT,
        "The content-type "
            + contentType
            + " is not one of application/json, audio/* and application/octet-stream.");
  }

  private static AudioEvent parseJson(byte[] value) throws RejectedException {
    AudioFile.Builder file = AudioFile.newBuilder();
    Set<String> unknownFields;
    try {
      unknownFields = Json.parse(value, file);
    } catch (InvalidProtocolBufferException e) {
      throw new RejectedException(
          Reason.BAD_EVENT,
          "The value is not an AudioFile in JSON ("
              + e.getMessage()
              + "); for audio bytes set the header content-type to audio/*.",
          e);
    }
    return switch (file.getSourceCase()) {
      case URI -> new AudioEvent(new AudioEvent.Remote(file.getUri()), unknownFields);
      case CONTENT ->
          new AudioEvent(new AudioEvent.Inline(file.getContent().toByteArray(), ""), unknownFields);
      case SOURCE_NOT_SET ->
          throw new RejectedException(
              Reason.BAD_EVENT, "The AudioFile has neither uri nor content; give one of them.");
    };
  }

  /** The media type without its parameters, in lower case; empty if none is given. */
  private static String contentType(Headers headers) {
    Header header = headers.lastHeader(CONTENT_TYPE);
    if (header == null || header.value() == null) {
      return "";
    }
    String text = new String(header.value(), StandardCharsets.UTF_8);
    int end = text.indexOf(';');
    return (end < 0 ? text : text.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }
}
