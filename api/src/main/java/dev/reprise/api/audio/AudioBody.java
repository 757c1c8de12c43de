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
import dev.reprise.spool.SpoolName;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The audio in a request, sent in one of three ways: as the body itself, as a part of a form, or as
 * the JSON of an audio event.
 *
 * @param trackId track id in the form, if any
 * @param contentType media type of the audio, or JSON
 */
public record AudioBody(Optional<String> trackId, String contentType, ReceivedAudio audio) {
  /** Parsed JSON takes many times its size in memory, which the upload budget does not count. */
  public static final int MAX_JSON_BYTES = 64 << 10;

  /** Keeps the event's header within the bytes that the record has left for headers. */
  static final int MAX_CONTENT_TYPE_CHARS = 256;

  static final String JSON = "application/json";
  private static final String SPOOL = SpoolName.SCHEME + ":";
  private static final String FORM = "multipart/form-data";

  private static final String JSON_TOO_LARGE =
      "The JSON has more than %d bytes; send audio as it is or in a form, or name its URI."
          .formatted(MAX_JSON_BYTES);

  /**
   * Refuses a request by its headers alone.
   *
   * @throws ProblemException if the body is too large, or of an unknown type
   */
  static void requireAcceptable(Context ctx, UploadLimits limits) throws ProblemException {
    String type = mediaType(ctx);
    if (String.valueOf(ctx.header("Content-Type")).length() > MAX_CONTENT_TYPE_CHARS) {
      throw typeTooLong();
    }
    if (!MediaTypes.isAudioFile(type) && !type.equals(FORM) && !type.equals(JSON)) {
      throw ProblemException.unsupportedMediaType(
          "The body must be of type audio/*, video/*, application/ogg, "
              + "application/octet-stream, multipart/form-data or application/json.");
    }
    BodyLimit limit = limit(ctx, limits);
    if (ctx.req().getContentLengthLong() > limit.bytes()) {
      throw limit.exceeded();
    }
  }

  /** Returns the size limit of a request's body. */
  static BodyLimit limit(Context ctx, UploadLimits limits) {
    return switch (mediaType(ctx)) {
      case FORM -> new BodyLimit(limits.maxBodyBytes(), limits.excess());
      case JSON -> new BodyLimit(MAX_JSON_BYTES, JSON_TOO_LARGE);
      default -> new BodyLimit(limits.maxBytes(), limits.excess());
    };
  }

  /**
   * Returns whether the audio in a request does not fit into a record, by the length of its body.
   */
  static boolean isForSpool(Context ctx) {
    int overhead = mediaType(ctx).equals(FORM) ? UploadLimits.FORM_OVERHEAD_BYTES : 0;
    return ctx.req().getContentLengthLong() > AudioEvents.MAX_VALUE_BYTES + overhead;
  }

  /**
   * Returns the sink that a request's body is to be read into.
   *
   * @param share charged with what is in memory
   */
  static BodySink<AudioBody> sink(Context ctx, UploadLimits limits, UploadBudget.Share share)
      throws ProblemException {
    String type = mediaType(ctx);
    if (type.equals(JSON)) {
      return new MappedSink<>(new BodyInMemory(share), AudioBody::ofJson);
    }
    AudioSink audio = new AudioSink(limits, share);
    BodySink<AudioBody> sink =
        type.equals(FORM)
            ? AudioForm.begin(String.valueOf(ctx.header("Content-Type")), audio)
            : new MappedSink<>(audio, received -> new AudioBody(Optional.empty(), type, received));
    if (isForSpool(ctx)) {
      audio.beginInSpool(ctx.req().getContentLengthLong());
    }
    return sink;
  }

  /** Requires that a content type is no longer than an event's header may be. */
  static String requireLength(String contentType) throws ProblemException {
    if (contentType.length() > MAX_CONTENT_TYPE_CHARS) {
      throw typeTooLong();
    }
    return contentType;
  }

  static AudioBody ofJson(byte[] json) throws ProblemException {
    if (json.length == 0) {
      throw ProblemException.badRequest("The body is empty; send the JSON of an audio event.");
    }
    // Not the received bytes: with other fields, the extractor may take them for another event.
    return new AudioBody(
        Optional.empty(), JSON, new ReceivedAudio.InRecord(Json.bytes(audioEvent(json))));
  }

  private static ProblemException typeTooLong() {
    return ProblemException.unsupportedMediaType(
        "The content type has more than %d characters.".formatted(MAX_CONTENT_TYPE_CHARS));
  }

  private static AudioFile audioEvent(byte[] json) throws ProblemException {
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
    // Another client's upload, which would be deleted when it has been extracted.
    if (event.getUri().regionMatches(true, 0, SPOOL, 0, SPOOL.length())) {
      throw ProblemException.badRequest("A spool: URI names an upload; send the audio itself.");
    }
    return event.build();
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
}
