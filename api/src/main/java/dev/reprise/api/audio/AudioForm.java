package dev.reprise.api.audio;

import dev.reprise.api.http.ProblemException;
import dev.reprise.contract.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * Parser of an upload form (multipart/form-data) as it arrives: its part {@code file} is the audio,
 * its field {@code track_id} the track id. The servlet's own form parsing blocks a thread until the
 * form has arrived, however long that takes. Not thread-safe.
 */
final class AudioForm implements BodySink<AudioBody> {
  private static final int MAX_PARTS = 16;
  private static final String FILE = "file";
  private static final String TRACK_ID = "track_id";

  private final AudioSink audio;
  private final MultiPart.Parser parser;
  private final Listener listener = new Listener();

  private AudioForm(String boundary, AudioSink audio) {
    this.audio = audio;
    this.parser = new MultiPart.Parser(boundary, listener);
    parser.setMaxParts(MAX_PARTS);
  }

  /**
   * Begins to parse a form.
   *
   * @param contentType content type of the request, with the boundary
   * @param audio receives the file
   */
  static AudioForm begin(String contentType, AudioSink audio) throws ProblemException {
    String boundary = MultiPart.extractBoundary(contentType);
    if (boundary == null || boundary.isEmpty()) {
      throw ProblemException.badRequest("The form's content type names no boundary.");
    }
    return new AudioForm(boundary, audio);
  }

  @Override
  public void accept(byte[] bytes, int offset, int count) throws ProblemException {
    if (listener.parseFailure == null) {
      parser.parse(Content.Chunk.from(ByteBuffer.wrap(bytes, offset, count), false));
    }
    if (listener.fileRefusal != null) {
      throw listener.fileRefusal;
    }
  }

  @Override
  public AudioBody finish() throws ProblemException {
    if (listener.parseFailure == null && !listener.isComplete) {
      parser.parse(Content.Chunk.EOF);
    }
    if (listener.parseFailure != null) {
      throw ProblemException.badRequest(
          "The form cannot be read: " + listener.parseFailure.getMessage() + ".");
    }
    if (listener.formRefusal != null) {
      throw listener.formRefusal;
    }
    if (!listener.hasFile) {
      throw ProblemException.badRequest("The form has no part 'file' with the audio file.");
    }
    // The file last: nothing may fail once it is complete in the spool.
    return new AudioBody(trackId(), AudioBody.requireLength(listener.fileType), audio.finish());
  }

  private Optional<String> trackId() throws ProblemException {
    if (!listener.hasTrackId) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(listener.trackId.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      throw ProblemException.badRequest("The form's field 'track_id' is not UTF-8 text.");
    }
  }

  @Override
  public void close() {
    audio.close();
  }

  /** Receives the parts. It cannot throw a problem, and so keeps the first. */
  private final class Listener extends MultiPart.AbstractPartsListener {
    private final ByteArrayOutputStream trackId = new ByteArrayOutputStream();
    private String part = "";
    private boolean hasFile;
    private boolean hasTrackId;
    private boolean isComplete;
    private boolean isIgnored;
    private @Nullable String partType;
    private String fileType = MediaTypes.OCTET_STREAM;

    /** Reported at once. */
    private @Nullable ProblemException fileRefusal;

    /** Reported at the end, if the form can be read. */
    private @Nullable ProblemException formRefusal;

    private @Nullable Throwable parseFailure;

    @Override
    public void onPartBegin() {
      super.onPartBegin();
      partType = null;
    }

    @Override
    public void onPartHeader(String name, String value) {
      super.onPartHeader(name, value);
      if (name.equalsIgnoreCase("Content-Type")) {
        partType = value;
      }
    }

    @Override
    public void onPartHeaders() {
      super.onPartHeaders();
      part = String.valueOf(getName());
      isIgnored = isRepeated();
      if (isIgnored) {
        formRefusal =
            ProblemException.badRequest(
                "The form has more than one part '%s'; send one request for each file."
                    .formatted(part));
      } else if (part.equals(FILE)) {
        hasFile = true;
        fileType = typeOfFile();
      } else if (part.equals(TRACK_ID)) {
        hasTrackId = true;
      }
    }

    private boolean isRepeated() {
      return (part.equals(FILE) && hasFile) || (part.equals(TRACK_ID) && hasTrackId);
    }

    private String typeOfFile() {
      String type = MediaTypes.ofAudio(partType);
      if (type.startsWith("audio/") && partType != null) {
        return partType;
      }
      String byName = MediaTypes.ofFileName(getFileName());
      return byName.equals(MediaTypes.OCTET_STREAM) && !type.isEmpty() ? type : byName;
    }

    @Override
    public void onPartContent(Content.Chunk chunk) {
      ByteBuffer content = chunk.getByteBuffer();
      byte[] bytes = new byte[content.remaining()];
      content.duplicate().get(bytes);
      if (isIgnored || fileRefusal != null) {
        return;
      }
      if (part.equals(FILE)) {
        acceptFile(bytes);
      } else if (part.equals(TRACK_ID)
          && trackId.size() + bytes.length <= UploadLimits.FORM_OVERHEAD_BYTES) {
        trackId.writeBytes(bytes);
      } else if (part.equals(TRACK_ID)) {
        fileRefusal = ProblemException.badRequest("The form's field 'track_id' is too long.");
      }
    }

    private void acceptFile(byte[] bytes) {
      try {
        audio.accept(bytes, 0, bytes.length);
      } catch (ProblemException e) {
        fileRefusal = e;
      }
    }

    @Override
    public void onPart(String name, String fileName, HttpFields headers) {
      // Its content has been taken as it arrived.
    }

    @Override
    public void onComplete() {
      isComplete = true;
    }

    @Override
    public void onFailure(Throwable failure) {
      parseFailure = failure;
    }
  }
}
