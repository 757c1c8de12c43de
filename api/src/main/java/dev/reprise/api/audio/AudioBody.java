package dev.reprise.api.audio;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.api.http.ProblemException;
import dev.reprise.contract.Json;
import dev.reprise.contract.MediaTypes;
import dev.reprise.contract.SourceUri;
import dev.reprise.contract.v1.AudioFile;
import dev.reprise.runtime.AudioEvents;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The audio in a request, sent in one of three ways: as the body itself, as a part of a form, or as
 * the JSON of an audio event.
 *
 * @param trackId track id in the form, if any
 * @param contentType content type of the audio event
 * @param value value of the audio event; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied, and never compared.
public record AudioBody(Optional<String> trackId, String contentType, byte[] value) {
  /** Allowance for everything in a form except the file. */
  private static final int FORM_OVERHEAD_BYTES = 64 << 10;

  /** Parsed JSON takes many times its size in memory, which the upload budget does not count. */
  public static final int MAX_JSON_BYTES = 64 << 10;

  /** Keeps the event's header within the bytes that the record has left for headers. */
  static final int MAX_CONTENT_TYPE_CHARS = 256;

  private static final String JSON = "application/json";
  private static final String FORM = "multipart/form-data";
  private static final List<String> OTHERS = List.of(MediaTypes.OCTET_STREAM, FORM, JSON);

  private static final String TOO_LARGE =
      "The audio has more than %d bytes; submit larger files by their URI."
          .formatted(AudioEvents.MAX_VALUE_BYTES);
  private static final String JSON_TOO_LARGE =
      "The JSON has more than %d bytes; send audio as it is or in a form, or name its URI."
          .formatted(MAX_JSON_BYTES);

  /** Returns the largest size of a request body, in bytes. */
  public static int maxBytes() {
    return AudioEvents.MAX_VALUE_BYTES + FORM_OVERHEAD_BYTES;
  }

  /**
   * Returns why a request is refused by its headers alone: too large a body, or an unknown type.
   */
  static Optional<ProblemException> refusal(Context ctx) {
    String type = mediaType(ctx);
    if (String.valueOf(ctx.header("Content-Type")).length() > MAX_CONTENT_TYPE_CHARS) {
      return Optional.of(typeTooLong());
    }
    if (!type.startsWith("audio/") && !OTHERS.contains(type)) {
      return Optional.of(
          ProblemException.unsupportedMediaType(
              "The body must be of type audio/*, " + String.join(" or ", OTHERS) + "."));
    }
    BodyLimit limit = limit(ctx);
    return ctx.req().getContentLengthLong() > limit.bytes()
        ? Optional.of(limit.exceeded())
        : Optional.empty();
  }

  /** Returns the size limit of a request's body. */
  static BodyLimit limit(Context ctx) {
    return switch (mediaType(ctx)) {
      case FORM -> new BodyLimit(maxBytes(), TOO_LARGE);
      case JSON -> new BodyLimit(MAX_JSON_BYTES, JSON_TOO_LARGE);
      default -> new BodyLimit(AudioEvents.MAX_VALUE_BYTES, TOO_LARGE);
    };
  }

  /**
   * Returns the audio in a request.
   *
   * @param bytes the request's body; not copied
   */
  static AudioBody of(Context ctx, byte[] bytes) throws ProblemException {
    String type = mediaType(ctx);
    if (type.equals(FORM)) {
      return AudioForm.read(String.valueOf(ctx.header("Content-Type")), bytes);
    }
    if (type.equals(JSON)) {
      requireAudioEvent(bytes);
    }
    return whole(Optional.empty(), type, bytes);
  }

  /** Returns the audio of a complete body, after checking that it is not empty. */
  static AudioBody whole(Optional<String> trackId, String contentType, byte[] value)
      throws ProblemException {
    if (value.length == 0) {
      throw ProblemException.badRequest("The body is empty; send the bytes of an audio file.");
    }
    if (contentType.length() > MAX_CONTENT_TYPE_CHARS) {
      throw typeTooLong();
    }
    return new AudioBody(trackId, contentType, value);
  }

  private static ProblemException typeTooLong() {
    return ProblemException.unsupportedMediaType(
        "The content type has more than %d characters.".formatted(MAX_CONTENT_TYPE_CHARS));
  }

  private static void requireAudioEvent(byte[] json) throws ProblemException {
    AudioFile.Builder event = AudioFile.newBuilder();
    try {
      Json.parse(json, event);
    } catch (InvalidProtocolBufferException e) {
      throw ProblemException.badRequest("The body is not an audio event in JSON: " + message(e));
    }
    requireStrings(JsonParser.parseString(new String(json, StandardCharsets.UTF_8)));
    if (event.getUri().isEmpty() && event.getContent().isEmpty()) {
      throw ProblemException.badRequest("The audio event has neither 'uri' nor 'content'.");
    }
    if (SourceUri.hasCredentials(event.getUri())) {
      throw ProblemException.badRequest(SourceUri.CREDENTIALS_FAULT);
    }
  }

  /** The JSON parser would accept a number as a string. */
  private static void requireStrings(JsonElement event) throws ProblemException {
    for (FieldDescriptor field : AudioFile.getDescriptor().getFields()) {
      JsonElement value = event.getAsJsonObject().get(field.getName());
      if (value != null && !(value.isJsonPrimitive() && value.getAsJsonPrimitive().isString())) {
        throw ProblemException.badRequest(
            "The audio event's '%s' is not a string.".formatted(field.getName()));
      }
    }
  }

  /** Returns the message without the class names that parsers put before it. */
  private static String message(InvalidProtocolBufferException e) {
    return String.valueOf(e.getMessage()).replaceFirst("^[\\w.]+Exception: ", "");
  }

  private static String mediaType(Context ctx) {
    // The raw header: getContentType fails on a charset that Java does not know.
    String type = ctx.header("Content-Type");
    return type == null ? "" : MediaTypes.withoutParameters(type);
  }

  static ProblemException tooLarge() {
    return ProblemException.tooLarge(TOO_LARGE);
  }
}
