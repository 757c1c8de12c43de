package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import dev.reprise.contract.MediaTypes;
import dev.reprise.runtime.AudioEvents;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;

/**
 * A form (multipart/form-data) that has come whole. The servlet's own forms hold a thread for as
 * long as they take to come, and have no least rate.
 */
final class AudioForm {
  private static final int MOST_PARTS = 16;

  private AudioForm() {}

  /**
   * The audio of a form: its part {@code file}, for the track that its field {@code track_id}
   * names.
   *
   * @param contentType of the request, with the boundary
   */
  static AudioBody read(String contentType, byte[] form) throws ProblemException {
    String boundary = MultiPart.extractBoundary(contentType);
    if (boundary == null || boundary.isEmpty()) {
      throw ProblemException.badRequest("The form's content type names no boundary.");
    }
    MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
    parser.setUseFilesForPartsWithoutFileName(false);
    // In memory, where it is already.
    parser.setMaxMemoryFileSize(-1);
    parser.setMaxParts(MOST_PARTS);
    try (MultiPartFormData.Parts parts =
        parser.parse(Content.Source.from(ByteBuffer.wrap(form))).join()) {
      return body(parts);
    } catch (CompletionException e) {
      throw ProblemException.badRequest("The form cannot be read: " + reason(e) + ".");
    }
  }

  private static String reason(CompletionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  private static AudioBody body(MultiPartFormData.Parts parts) throws ProblemException {
    MultiPart.Part file =
        part(parts, "file")
            .orElseThrow(
                () ->
                    ProblemException.badRequest(
                        "The form has no part 'file' with the audio file."));
    if (file.getLength() > AudioEvents.MAX_VALUE_BYTES) {
      throw AudioBody.tooLarge();
    }
    String type = file.getHeaders().get("Content-Type");
    Optional<MultiPart.Part> trackId = part(parts, "track_id");
    return AudioBody.whole(
        trackId.isPresent() ? Optional.of(text(trackId.get())) : Optional.empty(),
        type != null && type.startsWith("audio/")
            ? type
            : MediaTypes.ofFileName(file.getFileName()),
        bytes(file));
  }

  /**
   * The part of a name. Some parts may have no name, which the server's own search does not expect.
   *
   * @throws ProblemException if there are several
   */
  private static Optional<MultiPart.Part> part(MultiPartFormData.Parts parts, String name)
      throws ProblemException {
    Optional<MultiPart.Part> found = Optional.empty();
    for (MultiPart.Part part : parts) {
      if (name.equals(part.getName())) {
        if (found.isPresent()) {
          throw ProblemException.badRequest(
              "The form has more than one part '%s'; send one request for each file."
                  .formatted(name));
        }
        found = Optional.of(part);
      }
    }
    return found;
  }

  private static String text(MultiPart.Part part) throws ProblemException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(part))).toString();
    } catch (CharacterCodingException e) {
      throw ProblemException.badRequest(
          "The form's field '%s' is not UTF-8 text.".formatted(part.getName()));
    }
  }

  private static byte[] bytes(MultiPart.Part part) throws ProblemException {
    byte[] bytes = new byte[(int) part.getLength()];
    // What is in memory comes in pieces, but at once.
    Content.Source source = part.createContentSource();
    int at = 0;
    while (at < bytes.length) {
      Content.Chunk chunk = source.read();
      if (chunk == null || Content.Chunk.isFailure(chunk)) {
        throw ProblemException.badRequest(
            "The form's part '%s' cannot be read.".formatted(part.getName()));
      }
      int count = chunk.remaining();
      chunk.get(bytes, at, count);
      chunk.release();
      at += count;
    }
    return bytes;
  }
}
