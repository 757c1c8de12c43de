package dev.reprise.api.http;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.api.upload.Uploads;
import dev.reprise.contract.Json;
import dev.reprise.contract.v1.AudioFile;
import io.javalin.http.Context;
import io.javalin.http.UploadedFile;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;

/**
 * The audio that a request brings, in one of three ways: as it is, as a part of a form, or as the
 * JSON of an audio event.
 *
 * @param trackId that a form names
 * @param contentType that the event is to have
 * @param value handed over
 */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
record Body(Optional<String> trackId, String contentType, byte[] value) {
  /** What a form has beside the file. */
  private static final int FORM_OVERHEAD_BYTES = 64 << 10;

  private static final String OCTETS = "application/octet-stream";
  private static final String JSON = "application/json";
  private static final String FORM = "multipart/form-data";

  /** Most bytes that a request may have. */
  static long maxBytes() {
    return Uploads.MAX_VALUE_BYTES + (long) FORM_OVERHEAD_BYTES;
  }

  /**
   * How many bytes a request will take, by its headers.
   *
   * @throws ProblemException if they are too many, or of no kind that is taken
   */
  static long expectedBytes(Context ctx) throws ProblemException {
    requireKnown(mediaType(ctx));
    long length = ctx.req().getContentLengthLong();
    if (length > limit(ctx)) {
      throw tooLarge();
    }
    return length < 0 ? limit(ctx) : length;
  }

  private static long limit(Context ctx) {
    return mediaType(ctx).equals(FORM) ? maxBytes() : Uploads.MAX_VALUE_BYTES;
  }

  static Body read(Context ctx) throws ProblemException, IOException {
    String type = mediaType(ctx);
    Body body = readAs(type, ctx);
    if (body.value.length == 0) {
      throw ProblemException.badRequest("The body is empty; send the bytes of an audio file.");
    }
    if (type.equals(JSON)) {
      requireEvent(body.value);
    }
    return body;
  }

  private static Body readAs(String type, Context ctx) throws ProblemException, IOException {
    try {
      return type.equals(FORM)
          ? form(ctx)
          : new Body(Optional.empty(), type, bytes(ctx.bodyInputStream(), declared(ctx)));
    } catch (IOException
        | ServletException
        | IllegalArgumentException
        | HttpException.RuntimeException e) {
      if (BodyFault.isOurs(e)) {
        throw new IOException("A body cannot be taken in.", e);
      }
      throw BodyFault.problem(e);
    }
  }

  private static int declared(Context ctx) {
    return (int) Math.max(-1, ctx.req().getContentLengthLong());
  }

  /**
   * @throws ServletException if it is no form; Kotlin code in between does not declare it
   */
  private static Body form(Context ctx) throws ProblemException, IOException, ServletException {
    UploadedFile file = ctx.uploadedFile("file");
    if (file == null) {
      throw ProblemException.badRequest("The form has no part 'file' with the audio file.");
    }
    String type = file.contentType();
    try (InputStream content = file.content()) {
      return new Body(
          Optional.ofNullable(ctx.formParam("track_id")),
          type != null && type.startsWith("audio/") ? type : OCTETS,
          bytes(content, (int) Math.min(Integer.MAX_VALUE, file.size())));
    }
  }

  /**
   * @param length if it is known, else negative
   */
  private static byte[] bytes(InputStream in, int length) throws ProblemException, IOException {
    if (length > Uploads.MAX_VALUE_BYTES) {
      throw tooLarge();
    }
    byte[] bytes = length < 0 ? in.readNBytes(Uploads.MAX_VALUE_BYTES + 1) : in.readNBytes(length);
    if (bytes.length > Uploads.MAX_VALUE_BYTES) {
      throw tooLarge();
    }
    return bytes;
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

  private static void requireKnown(String type) throws ProblemException {
    if (!type.startsWith("audio/")
        && !type.equals(OCTETS)
        && !type.equals(JSON)
        && !type.equals(FORM)) {
      throw ProblemException.unsupportedMediaType(
          "The body must be of type audio/*, %s, %s or %s.".formatted(OCTETS, FORM, JSON));
    }
  }

  private static String mediaType(Context ctx) {
    // As it was sent: getContentType fails on a charset that Java does not know.
    String type = ctx.header("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static ProblemException tooLarge() {
    return ProblemException.tooLarge(
        "The audio has more than %d bytes; submit larger files by their URI."
            .formatted(Uploads.MAX_VALUE_BYTES));
  }
}
