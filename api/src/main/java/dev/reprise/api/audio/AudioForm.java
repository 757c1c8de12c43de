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
 * Parser of an upload form (multipart/form-data) that has been read completely. The servlet's own
 * form parsing blocks a thread until the form has arrived, however long that takes.
 */
final class AudioForm {
  private static final int MAX_PARTS = 16;

  private AudioForm() {}

  /**
   * Returns the audio of a form: its part {@code file}, for the track id in its field {@code
   * track_id}.
   *
   * @param contentType content type of the request, with the boundary
   * @param form bytes of the whole body
   */
  static AudioBody read(String contentType, byte[] form) throws ProblemException {
    String boundary = MultiPart.extractBoundary(contentType);
    if (boundary == null || boundary.isEmpty()) {
      throw ProblemException.badRequest("The form's content type names no boundary.");
    }
    MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
    parser.setUseFilesForPartsWithoutFileName(false);
    // Keeps parts in memory, where the form already is.
    parser.setMaxMemoryFileSize(-1);
    parser.setMaxParts(MAX_PARTS);
    try (MultiPartFormData.Parts parts =
        parser.parse(Content.Source.from(ByteBuffer.wrap(form))).join()) {
      return toBody(parts);
    } catch (CompletionException e) {
      throw ProblemException.badRequest("The form cannot be read: " + reason(e) + ".");
    }
  }

  private static String reason(CompletionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return String.valueOf(cause.getMessage());
  }

  private static AudioBody toBody(MultiPartFormData.Parts parts) throws ProblemException {
    MultiPart.Part file =
        findPart(parts, "file")
            .orElseThrow(
                () ->
                    ProblemException.badRequest(
                        "The form has no part 'file' with the audio file."));
    if (file.getLength() > AudioEvents.MAX_VALUE_BYTES) {
      throw AudioBody.tooLarge();
    }
    String type = file.getHeaders().get("Content-Type");
    Optional<MultiPart.Part> trackId = findPart(parts, "track_id");
    return AudioBody.whole(
        trackId.isPresent() ? Optional.of(readText(trackId.get())) : Optional.empty(),
        type != null && type.startsWith("audio/")
            ? type
            : MediaTypes.ofFileName(file.getFileName()),
        readBytes(file));
  }

  /**
   * Returns the part with a name. The lookup of {@link MultiPartFormData.Parts} fails on a part
   * without a name.
   *
   * @throws ProblemException if there are several
   */
  private static Optional<MultiPart.Part> findPart(MultiPartFormData.Parts parts, String name)
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

  private static String readText(MultiPart.Part part) throws ProblemException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(readBytes(part)))
          .toString();
    } catch (CharacterCodingException e) {
      throw ProblemException.badRequest(
          "The form's field '%s' is not UTF-8 text.".formatted(part.getName()));
    }
  }

  private static byte[] readBytes(MultiPart.Part part) throws ProblemException {
    byte[] bytes = new byte[(int) part.getLength()];
    // The part is in memory: its chunks are available without waiting.
    Content.Source source = part.createContentSource();
    int offset = 0;
    while (offset < bytes.length) {
      Content.Chunk chunk = source.read();
      if (chunk == null || Content.Chunk.isFailure(chunk)) {
        throw ProblemException.badRequest(
            "The form's part '%s' cannot be read.".formatted(part.getName()));
      }
      int count = chunk.remaining();
      chunk.get(bytes, offset, count);
      chunk.release();
      offset += count;
    }
    return bytes;
  }
}
