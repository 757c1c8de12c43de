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
import java.util.Locale;
import java.util.Optional;

/**
 * The audio that a request brings, in one of three ways: as it is, as a part of a form, or as the
 * JSON of an audio event.
 *
 * @param trackId that a form names
 * @param contentType that the event is to have
 * @param value handed over
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
public record AudioBody(Optional<String> trackId, String contentType, byte[] value) {
  /** What a form has beside the file. */
  private static final int FORM_OVERHEAD_BYTES = 64 << 10;

  /** Parsed, JSON takes many times its size, which the upload budget does not count. */
  public static final int MAX_JSON_BYTES = 64 << 10;

  /** The event's header is not to grow beyond what is left for it. */
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

  /** Most bytes that a request may have. */
  public static int maxBytes() {
    return AudioEvents.MAX_VALUE_BYTES + FORM_OVERHEAD_BYTES;
  }

  /** Why a request cannot be taken, by its headers: it is too large, or of no kind there is. */
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

  /** How much a request's body may have. */
  static BodyLimit limit(Context ctx) {
    return switch (mediaType(ctx)) {
      case FORM -> new BodyLimit(maxBytes(), TOO_LARGE);
      case JSON -> new BodyLimit(MAX_JSON_BYTES, JSON_TOO_LARGE);
      default -> new BodyLimit(AudioEvents.MAX_VALUE_BYTES, TOO_LARGE);
    };
  }

  /**
   * What a request brings.
   *
   * @param bytes its body, handed over
   */
  static AudioBody of(Context ctx, byte[] bytes) throws ProblemException {
    String type = mediaType(ctx);
    if (type.equals(FORM)) {
      return AudioForm.read(String.valueOf(ctx.header("Content-Type")), bytes);
    }
    if (type.equals(JSON)) {
      requireEvent(bytes);
    }
    return whole(Optional.empty(), type, bytes);
  }

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

  private static void requireEvent(byte[] json) throws ProblemException {
    AudioFile.Builder event = AudioFile.newBuilder();
    try {
      Json.parse(json, event);
    } catch (InvalidProtocolBufferException e) {
      throw ProblemException.badRequest("The body is no audio event in JSON: " + words(e));
    }
    requireTexts(JsonParser.parseString(new String(json, StandardCharsets.UTF_8)));
    if (event.getUri().isEmpty() && event.getContent().isEmpty()) {
      throw ProblemException.badRequest("The audio event has neither 'uri' nor 'content'.");
    }
    if (SourceUri.hasCredentials(event.getUri())) {
      throw ProblemException.badRequest(SourceUri.CREDENTIALS_FAULT);
    }
  }

  /** A number would be read as if there were quotes around it. */
  private static void requireTexts(JsonElement event) throws ProblemException {
    for (FieldDescriptor field : AudioFile.getDescriptor().getFields()) {
      JsonElement value = event.getAsJsonObject().get(field.getName());
      if (value != null && !(value.isJsonPrimitive() && value.getAsJsonPrimitive().isString())) {
        throw ProblemException.badRequest(
            "The audio event's '%s' is no text.".formatted(field.getName()));
      }
    }
  }

  /** Without the names of classes that parsers put before. */
  private static String words(InvalidProtocolBufferException e) {
    return String.valueOf(e.getMessage()).replaceFirst("^[\\w.]+Exception: ", "");
  }

  private static String mediaType(Context ctx) {
    // As it was sent: getContentType fails on a charset that Java does not know.
    String type = ctx.header("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  static ProblemException tooLarge() {
    return ProblemException.tooLarge(TOO_LARGE);
  }
}
