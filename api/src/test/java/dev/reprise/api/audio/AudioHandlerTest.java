package dev.reprise.api.audio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.RawResponse;
import dev.reprise.api.events.PendingExtractions;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads up to the producer; there is no broker. */
class AudioHandlerTest {
  private static final String JSON = "application/json";

  private final UploadBudget budget = new UploadBudget(32 << 20);
  private final PendingExtractions pendingExtractions = new PendingExtractions(1);
  private final AudioServer server;

  AudioHandlerTest(@TempDir Path folder) {
    server = new AudioServer(folder, budget, UploadLimits.ofRecords(), pendingExtractions);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesOversizedJson(boolean chunked) throws IOException {
    String json = "{\"uri\":\"" + "a".repeat(AudioBody.MAX_JSON_BYTES) + "\"}";
    RawResponse response =
        chunked
            ? post(
                "",
                "Transfer-Encoding: chunked\nContent-Type: " + JSON + "\n",
                Integer.toHexString(json.length()) + "\n" + json + "\n0\n\n")
            : post("", headers(JSON, json), json);
    assertThat(response.status()).isEqualTo(413);
    assertThat(response.json().get("detail").getAsString())
        .isEqualTo(
            "The JSON has more than 65536 bytes; send audio as it is or in a form, or name its"
                + " URI.");
    assertThat(budget.takenBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"?track_id=.", "?track_id=..", "?track_id=%2e%2e"})
  void refusesIdsThatNoPathCanContain(String query) throws IOException {
    RawResponse response = post(query, headers("audio/wav", "abc"), "abc");
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.json().get("detail").getAsString()).contains("no URL path can contain");
  }

  /** A client that waits for 100 Continue need not send the body. */
  @ParameterizedTest
  @ValueSource(strings = {"?track_id=..", "?track_id=", "?track_id=a&track_id=b", "?track_id=%ff"})
  void refusesTheQueryBeforeTheBody(String query) throws IOException {
    String headers = "Content-Type: audio/wav\nContent-Length: 3\nExpect: 100-continue\n";
    assertThat(post(query, headers, "").status()).isEqualTo(400);
  }

  @Test
  void refusesALongContentType() throws IOException {
    String type = "audio/" + "x".repeat(AudioBody.MAX_CONTENT_TYPE_CHARS);
    assertThat(post("", headers(type, "abc"), "abc").status()).isEqualTo(415);
    String form =
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Type: "
            + type
            + "\r\n\r\nabc\r\n--b--\r\n";
    RawResponse response = post("", headers("multipart/form-data; boundary=b", form), form);
    assertThat(response.status()).isEqualTo(415);
    assertThat(response.json().get("detail").getAsString())
        .isEqualTo("The content type has more than 256 characters.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://user:hunter2@host.example/a.mp3", "https://hunter2@[bad/"})
  void refusesCredentialsInAUriWithoutRepeatingThem(String uri) throws IOException {
    String json = "{\"uri\":\"" + uri + "\"}";
    RawResponse response = post("", headers(JSON, json), json);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.json().get("detail").getAsString())
        .startsWith("The URI contains a user name or password");
    assertThat(response.body()).doesNotContain("hunter2");
  }

  /** The upload of another client, which would be deleted when it has been extracted. */
  @ParameterizedTest
  @ValueSource(strings = {"spool:/3f2b8c1e-7d4a-4b6f-9c2e-0a1b2c3d4e5f", "SPOOL:/a", "spool:"})
  void refusesTheUriOfAnUpload(String uri) throws IOException {
    String json = "{\"uri\":\"" + uri + "\"}";
    RawResponse response = post("", headers(JSON, json), json);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.json().get("detail").getAsString())
        .isEqualTo("A spool: URI names an upload; send the audio itself.");
  }

  @Test
  void refusesATrackIdThatIsNotUtf8() throws IOException {
    String form =
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"track_id\"\r\n\r\ncaf\u00e8\r\n--b--\r\n";
    RawResponse response = post("", headers("multipart/form-data; boundary=b", form), form);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.json().get("detail").getAsString())
        .isEqualTo("The form's field 'track_id' is not UTF-8 text.");
  }

  /** A closed producer throws {@link IllegalStateException} instead of failing the send. */
  @Test
  void aFailedSendReleasesTheWaitSlotAndTheBudget() throws IOException {
    String headers = headers("audio/wav", "abc") + "Prefer: wait=60\n";
    assertThat(post("", headers, "abc").status()).isEqualTo(500);
    assertThat(pendingExtractions.register("another")).isNotDone();
    assertThat(budget.takenBytes()).isZero();
  }

  private RawResponse post(String query, String headers, String body) throws IOException {
    return RawResponse.to(
        server.port(),
        "POST /v1/audio%s HTTP/1.1\nHost: localhost\nConnection: close\n%s\n%s"
            .formatted(query, headers, body));
  }

  private static String headers(String type, String body) {
    return "Content-Type: " + type + "\nContent-Length: " + body.length() + "\n";
  }
}
