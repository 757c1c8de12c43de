package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.api.RawResponse;
import dev.reprise.api.events.PendingExtractions;
import dev.reprise.runtime.AudioEvents;
import dev.reprise.spool.S3Store;
import dev.reprise.spool.Spool;
import dev.reprise.spool.SpoolConfig;
import dev.reprise.spool.SpoolLocation;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that do not fit into a record, up to the producer; there is no broker. */
class SpooledUploadTest {
  private static final int MAX_UPLOAD = 20 << 20;
  private static final int TOO_LARGE_FOR_A_RECORD = AudioEvents.MAX_VALUE_BYTES + 1;

  @TempDir Path folder;

  private final UploadBudget budget = new UploadBudget(32 << 20);
  private Path spool;
  private AudioServer server;

  @BeforeEach
  void start() throws Exception {
    spool = folder.resolve("spool");
    SpoolLocation location = new SpoolLocation.Folder(spool);
    startServer(
        UploadLimits.of(
            MAX_UPLOAD,
            new UploadSpool(Spool.open(new SpoolConfig(location, S3Store.aws())), 30 << 20)));
  }

  private void startServer(UploadLimits limits) {
    server = new AudioServer(folder.resolve("index"), budget, limits, new PendingExtractions(1));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** The producer is closed: what the spool has received is of no use, and is deleted. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFailedSendLeavesNothing(boolean chunked) throws IOException {
    assertThat(post("audio/flac", TOO_LARGE_FOR_A_RECORD, chunked).status()).isEqualTo(500);
    awaitNothingLeft();
  }

  @ParameterizedTest
  @CsvSource({"?track_id=.., 400", "?track_id=%ff, 400"})
  void anInvalidTrackIdLeavesNothing(String query, int status) throws IOException {
    String body = "a".repeat(TOO_LARGE_FOR_A_RECORD);
    String request = head(query, "audio/flac", "Content-Length: " + body.length()) + body;
    assertThat(RawResponse.to(server.port(), request).status()).isEqualTo(status);
    awaitNothingLeft();
  }

  @Test
  void aBodyThatBreaksOffLeavesNothing() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      OutputStream out = socket.getOutputStream();
      String head = head("", "audio/flac", "Content-Length: " + MAX_UPLOAD);
      out.write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[1 << 20]);
      out.flush();
      await().until(() -> spooled().findAny().isPresent());
      assertThat(budget.takenBytes()).as("a large body is not held in memory").isZero();
    }
    awaitNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesAFileThatIsTooLarge(boolean chunked) throws IOException {
    RawResponse response = post("video/mp4", MAX_UPLOAD + 1, chunked);
    assertThat(response.status()).isEqualTo(413);
    assertThat(response.json().get("detail").getAsString())
        .isEqualTo(
            "The audio has more than 20971520 bytes, the --max-upload-size of this server; submit"
                + " larger files by their URI.");
    awaitNothingLeft();
  }

  @Test
  void refusesAFileThatTheSpoolHasNoRoomFor() throws IOException {
    Files.write(spool.resolve("3f2b8c1e-7d4a-4b6f-9c2e-0a1b2c3d4e5f"), new byte[20 << 20]);
    for (boolean chunked : new boolean[] {true, false}) {
      RawResponse response = post("application/ogg", TOO_LARGE_FOR_A_RECORD, chunked);
      assertThat(response.status()).isEqualTo(503);
      assertThat(response.header("Retry-After")).contains("10");
    }
    await().until(() -> budget.takenBytes() == 0);
    assertThat(spooled()).hasSize(1);
  }

  @Test
  void withoutASpoolALargeFileIsRefusedWithTheOption() throws IOException {
    server.close();
    startServer(UploadLimits.ofRecords());
    for (boolean chunked : new boolean[] {true, false}) {
      RawResponse response = post("audio/flac", TOO_LARGE_FOR_A_RECORD, chunked);
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.json().get("detail").getAsString())
          .isEqualTo(
              "The audio has more than 16760832 bytes, and this server has no --spool for larger"
                  + " files; submit them by their URI.");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "audio/flac, 500",
    "video/mp4, 500",
    "application/ogg, 500",
    "application/octet-stream, 500",
    "application/zip, 415",
    "videos/mp4, 415",
    "text/plain, 415",
  })
  void takesAudioAndVideo(String type, int status) throws IOException {
    assertThat(post(type, 3, false).status()).isEqualTo(status);
  }

  private RawResponse post(String type, int bytes, boolean chunked) throws IOException {
    String body = "a".repeat(bytes);
    String length = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + bytes;
    String sent = chunked ? Integer.toHexString(bytes) + "\n" + body + "\n0\n\n" : body;
    return RawResponse.to(server.port(), head("", type, length) + sent);
  }

  private static String head(String query, String type, String length) {
    return "POST /v1/audio%s HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: %s\n%s\n\n"
        .formatted(query, type, length);
  }

  private void awaitNothingLeft() {
    await().until(() -> spooled().findAny().isEmpty() && budget.takenBytes() == 0);
  }

  private Stream<Path> spooled() throws IOException {
    try (Stream<Path> files = Files.list(spool)) {
      return files.toList().stream();
    }
  }
}
