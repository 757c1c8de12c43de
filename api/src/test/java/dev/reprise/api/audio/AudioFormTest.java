package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.api.http.ProblemException;
import dev.reprise.runtime.AudioEvents;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudioFormTest {
  private static final String TYPE = "multipart/form-data; boundary=border";

  /** So that parts and their headers are cut. */
  private static final int CHUNK_BYTES = 1_000;

  private final UploadBudget budget = new UploadBudget(64L << 20);
  private final AudioSink sink =
      new AudioSink(UploadLimits.ofRecords(), budget.reserve(0).orElseThrow());
  private final ByteArrayOutputStream form = new ByteArrayOutputStream();

  @Test
  void readsTheFileUnchanged() throws ProblemException {
    byte[] audio = new byte[1_000_000];
    new Random(1).nextBytes(audio);
    part("name=\"file\"; filename=\"a.mp3\"", "audio/mpeg", audio);
    AudioBody body = read();
    assertThat(bytes(body)).isEqualTo(audio);
    assertThat(body.contentType()).isEqualTo("audio/mpeg");
    assertThat(body.trackId()).isEmpty();
  }

  @Test
  void readsTheTrackId() throws ProblemException {
    part("name=\"track_id\"", "text/plain", "Größe 2".getBytes(StandardCharsets.UTF_8));
    part("name=\"file\"; filename=\"a.mp3\"", "audio/mpeg", new byte[] {1});
    assertThat(read().trackId()).hasValue("Größe 2");
  }

  @Test
  void readsAFileOfANonAudioTypeAsBytes() throws ProblemException {
    part("name=\"file\"; filename=\"a.html\"", "text/html", new byte[] {1});
    assertThat(read().contentType()).isEqualTo("application/octet-stream");
  }

  @ParameterizedTest
  @CsvSource({
    "application/octet-stream, song.MP3,    audio/mpeg",
    "application/octet-stream, a.b.flac,    audio/flac",
    "video/mp4,                song.mp4,    audio/mp4",
    "audio/x-odd,              song.mp3,    audio/x-odd",
    "video/x-matroska,         film.mkv,    video/x-matroska",
    "application/ogg,          song,        application/ogg",
    "application/octet-stream, mp3.zip,     application/octet-stream",
  })
  void derivesTheTypeFromTheFileNameUnlessItIsAudio(String type, String name, String expected)
      throws ProblemException {
    part("name=\"file\"; filename=\"" + name + "\"", type, new byte[] {1});
    assertThat(read().contentType()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "track_id"})
  void refusesTwoPartsOfTheSameName(String name) {
    part("name=\"file\"; filename=\"1.mp3\"", "audio/mpeg", new byte[] {1});
    part("name=\"track_id\"", "text/plain", new byte[] {'1'});
    part("name=\"" + name + "\"; filename=\"2.mp3\"", "audio/mpeg", new byte[] {'2'});
    assertRefused(400, "The form has more than one part '" + name + "'");
  }

  @Test
  void refusesALongTrackId() {
    part("name=\"track_id\"", "text/plain", new byte[100_000]);
    part("name=\"file\"; filename=\"a.mp3\"", "audio/mpeg", new byte[] {1});
    assertRefused(400, "The form's field 'track_id' is too long.");
  }

  @Test
  void refusesATrackIdThatIsNotUtf8() {
    part("name=\"track_id\"", "text/plain", new byte[] {'c', 'a', 'f', (byte) 0xe8});
    part("name=\"file\"; filename=\"a.mp3\"", "audio/mpeg", new byte[] {1});
    assertRefused(400, "The form's field 'track_id' is not UTF-8 text.");
  }

  @Test
  void readsAFileWithoutAName() throws ProblemException {
    part("name=\"file\"", "audio/ogg", new byte[] {1, 2});
    assertThat(bytes(read())).containsExactly(1, 2);
  }

  @Test
  void refusesAFormWithoutAFile() {
    part("name=\"track_id\"", "text/plain", new byte[] {'2'});
    assertRefused(400, "The form has no part 'file'");
  }

  @Test
  void refusesAnEmptyFile() {
    part("name=\"file\"; filename=\"a.mp3\"", "audio/mpeg", new byte[0]);
    assertRefused(400, "The body is empty");
  }

  @Test
  void refusesAFileThatIsTooLarge() {
    part("name=\"file\"", "audio/mpeg", new byte[AudioEvents.MAX_VALUE_BYTES + 1]);
    assertRefused(413, "The audio has more than");
  }

  @Test
  void refusesABodyThatIsNotAForm() {
    form.writeBytes("ID3".getBytes(StandardCharsets.US_ASCII));
    assertRefused(400, "The form cannot be read");
  }

  @Test
  void refusesAFormOfManyParts() {
    for (int i = 0; i < 20; i++) {
      part("name=\"file\"", "audio/mpeg", new byte[] {1});
    }
    assertRefused(400, "The form cannot be read");
  }

  @Test
  void refusesAFormWithoutABoundary() {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> AudioForm.begin("multipart/form-data", sink))
        .withMessageContaining("boundary");
  }

  @Test
  void readsAFileWhoseNameIsNotUtf8() throws ProblemException {
    text("--border\r\nContent-Disposition: form-data; name=\"file\"; filename=\"caf");
    form.write(0xe8);
    text(".mp3\"\r\n\r\nabc\r\n");
    assertThat(read().contentType()).isEqualTo("audio/mpeg");
  }

  private void part(String disposition, String type, byte[] content) {
    text("--border\r\nContent-Disposition: form-data; " + disposition);
    text("\r\nContent-Type: " + type + "\r\n\r\n");
    form.writeBytes(content);
    text("\r\n");
  }

  private void text(String text) {
    form.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private AudioBody read() throws ProblemException {
    text("--border--\r\n");
    AudioForm parser = AudioForm.begin(TYPE, sink);
    byte[] bytes = form.toByteArray();
    for (int offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
      parser.accept(bytes, offset, Math.min(CHUNK_BYTES, bytes.length - offset));
    }
    return parser.finish();
  }

  private static byte[] bytes(AudioBody body) {
    return ((ReceivedAudio.InRecord) body.audio()).value();
  }

  private void assertRefused(int status, String detail) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(this::read)
        .withMessageStartingWith(detail)
        .satisfies(problem -> assertThat(problem.status()).isEqualTo(status));
  }
}
