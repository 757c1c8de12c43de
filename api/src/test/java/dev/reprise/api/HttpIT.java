package dev.reprise.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.contract.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are malformed, rare or hostile, as bytes on the wire. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpIT {
  private static final String ALLOWED_ORIGIN = "https://music.example.org";
  private static final String FORM = "Content-Type: multipart/form-data";

  private RunningApi api;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    api = RunningApi.start(folder, ALLOWED_ORIGIN);
  }

  @AfterAll
  void stop() throws IOException {
    api.close();
  }

  /** Some of these never reach a route. */
  @ParameterizedTest
  @CsvSource({
    "GET,     /v1/tracks/%zz,                       400",
    "GET,     /v1/tracks/%ff,                       400",
    "GET,     /v1/tracks/%ed%a0%80,                 400",
    "GET,     /v1/tracks/a%00b,                     400",
    "GET,     /v1/tracks/a%0ab,                     400",
    "GET,     /v1/tracks/a%7fb,                     400",
    "GET,     /v1/tracks/a\\b,                      400",
    "GET,     /v1/tracks/%2e%2e/similar,            400",
    "GET,     /v1//tracks,                          400",
    "GET,     /v1/tracks?prefix=%ff,                400",
    "GET,     /v1/tracks?prefix=%zz,                400",
    "GET,     /v1/tracks?limit=1&limit=1,           400",
    "GET,     /v1/tracks?limit=%D9%A1,              400",
    "GET,     /v1/audio-features?ids=a&ids=b,       400",
    "GET,     /v1/tracks/a/similar?group=ranks&group=ranks, 400",
    "GET,     /v1/tracks/a/similar?k=,              400",
    "GET,     /v1/tracks/z%5cz,                     404",
    "GET,     /v1/tracks/z%2fz,                     404",
    "GET,     /v1/tracks/z%3bz,                     404",
    "GET,     /nothing,                             404",
    "DELETE,  /v1/tracks/a,                         405",
    "FOO,     /v1/status,                           405",
    "POST,    /v1/status,                           405",
    "CONNECT, /v1/status,                           400",
  })
  void refusedRequestsGetAProblem(String method, String target, int status) throws Exception {
    assertProblem(send(method, target, "", ""), status);
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /v1/status HTTP/1.1',                                      400",
    "'GET /v1/status HTTP/1.1\nHost: a b',                           400",
    "'GET /v1/status HTTP/3.0\nHost: a',                             505",
    "'GET',                                                          400",
    "'POST /v1/audio HTTP/1.1\nHost: a\nContent-Length: x',          400",
    "'POST /v1/audio HTTP/1.1\nHost: a\nTransfer-Encoding: foo',     400",
    "'POST /v1/audio HTTP/1.1\nHost: a\nExpect: foo',                417",
  })
  void malformedRequestsGetAProblem(String head, int status) throws Exception {
    assertProblem(RawResponse.to(api.port(), head + "\nConnection: close\n\n"), status);
  }

  @Test
  void oversizedHeadersGetAProblem() throws Exception {
    String long64 = "a".repeat(65 << 10);
    assertProblem(send("GET", "/v1/tracks/" + long64, "", ""), 414);
    assertProblem(send("GET", "/v1/status", "X: " + long64 + "\n", ""), 431);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "; boundary=x",
        "; boundary=x; charset=foo",
        "; boundary=x\n\n--x\nContent-Disposition: form-data\n\nabc\n--x--\n",
        "; boundary=x\n\n--x\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\n\nabc\n",
        "; boundary=x\n\n--x\nContent-Disposition: form-data; name=\"track_id\"\n\nabc\n--x--\n",
      })
  void malformedFormsAreBadRequests(String rest) throws Exception {
    String[] parts = rest.split("\n\n", 2);
    String body = parts.length == 1 ? "abc" : parts[1];
    assertProblem(send("POST", "/v1/audio", FORM + parts[0] + "\n", body), 400);
  }

  /** The pause is the input: Jetty's minimum data rate would refuse this body (BodyReader). */
  @Test
  void aSmallBodyMayPause() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", api.port())) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      String head = "Content-Type: audio/wav\nContent-Length: 2\n";
      out.write(
          request("POST", "/v1/audio", head)
              .replace("\n", "\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      out.write('a');
      TimeUnit.MILLISECONDS.sleep(50);
      out.write('b');
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(in.readLine()).startsWith("HTTP/1.1 202");
    }
  }

  @ParameterizedTest
  @CsvSource({"a, 202", "b, 400", "%0A, 400"})
  void theFormMayNotContradictTheQuery(String trackId, int status) throws Exception {
    String form =
        "--x\nContent-Disposition: form-data; name=\"track_id\"\n\na\n"
            + "--x\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\n\nabc\n--x--\n";
    RawResponse response =
        send("POST", "/v1/audio?track_id=" + trackId, FORM + "; boundary=x\n", form);
    assertThat(response.status()).isEqualTo(status);
  }

  /** The length of each form is unknown when its request arrives. */
  @Test
  void failedFormsReleaseTheirMemory() throws Exception {
    for (int i = 0; i < 10; i++) {
      String head = FORM + "; boundary=x\nTransfer-Encoding: chunked\n";
      RawResponse response =
          RawResponse.to(api.port(), request("POST", "/v1/audio", head) + "3\nabc\n0\n\n");
      assertProblem(response, 400);
    }
  }

  @Test
  void oversizedFormsAreRefused() throws Exception {
    String head =
        "--x\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\n\n"
            .replace("\n", "\r\n");
    StringBuilder body = new StringBuilder();
    // Only a little too large: the server may close the connection while the rest is being sent.
    for (String part : List.of(head, "f".repeat(16 << 20), "f".repeat(52 << 10))) {
      body.append(Integer.toHexString(part.length())).append("\r\n").append(part).append("\r\n");
    }
    String form = request("POST", "/v1/audio", FORM + "; boundary=x\nTransfer-Encoding: chunked\n");
    assertProblem(RawResponse.to(api.port(), form + body + "0\r\n\r\n"), 413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Transfer-Encoding: chunked\n\nzz\nabc", "Content-Length: 9\n\nabc"})
  void truncatedBodiesAreBadRequests(String rest) throws Exception {
    String head = request("POST", "/v1/audio", "Content-Type: audio/wav\n");
    assertProblem(RawResponse.to(api.port(), head.substring(0, head.length() - 1) + rest), 400);
  }

  /** The charset of the body does not apply to the query. */
  @Test
  void theQueryIsAlwaysUtf8() throws Exception {
    for (String charset : new String[] {"iso-8859-1", "foo"}) {
      RawResponse response =
          send(
              "POST",
              "/v1/audio?track_id=%C3%A4",
              "Content-Type: audio/wav; charset=" + charset + "\n",
              "abc");
      assertThat(response.status()).isEqualTo(202);
      assertThat(response.json().get("track_id").getAsString()).isEqualTo("ä");
    }
  }

  @Test
  void jsonProblemsDoNotNameClasses() throws Exception {
    RawResponse response = send("POST", "/v1/audio", "Content-Type: application/json\n", "{");
    assertProblem(response, 400);
    assertThat(response.json().get("detail").getAsString())
        .startsWith("The body is not an audio event in JSON: End of input");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "{'uri': ''}",
        "{'uri': 7}",
        "{'content': 931}",
        "{'content': '-'}",
        "{'uri': 'file:///a', 'content': null}",
        "{'uri': 'file:///a', 'content': 'YWE='}"
      })
  void invalidAudioEventsAreRefused(String json) throws Exception {
    String type = "Content-Type: application/json\n";
    assertProblem(send("POST", "/v1/audio", type, json.replace('\'', '"')), 400);
    assertThat(send("POST", "/v1/audio", type, "{\"uri\": \"file:///a\"}").status()).isEqualTo(202);
  }

  @Test
  void problemsAreUtf8() throws Exception {
    RawResponse response = send("GET", "/v1/tracks/%C2%A5/similar", "", "");
    assertProblem(response, 404);
    assertThat(response.json().get("detail").getAsString()).contains("¥");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/status", "/v1/tracks/nobody", "/v1/tracks?limit=0", "/openapi.yaml"})
  void headIsGetWithoutTheBody(String target) throws Exception {
    RawResponse get = send("GET", target, "", "");
    RawResponse head = send("HEAD", target, "", "");
    assertThat(head.status()).isEqualTo(get.status());
    assertThat(head.body()).isEmpty();
    assertThat(head.header("Content-Type")).isEqualTo(get.header("Content-Type")).isPresent();
    assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
  }

  /** Otherwise a reader that never reads would hold a slot for ever. */
  @Test
  void headOfTheEventStreamEnds() throws Exception {
    RawResponse head = send("HEAD", "/v1/events", "", "");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Type")).contains("text/event-stream;charset=utf-8");
  }

  @Test
  void allowListsTheMethods() throws Exception {
    assertThat(send("POST", "/v1/status", "", "").header("Allow")).contains("GET, HEAD");
    assertThat(send("GET", "/v1/audio", "", "").header("Allow")).contains("POST");
  }

  @ParameterizedTest
  @CsvSource({
    "https://evil.example.org, 403",
    "null,                     403",
    ":::,                      403",
    "https://music.example.org.evil.org, 403",
    "https://music.example.org, 202",
    "http://localhost,          202"
  })
  void crossOriginPostsAreRefused(String origin, int status) throws Exception {
    RawResponse response =
        send("POST", "/v1/audio", "Content-Type: audio/wav\nOrigin: " + origin + "\n", "abc");
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.header("Access-Control-Allow-Origin").isPresent())
        .isEqualTo(origin.equals(ALLOWED_ORIGIN));
  }

  /** DNS rebinding: to the browser, a page whose name resolves to this machine is same-origin. */
  @ParameterizedTest
  @CsvSource({
    "evil.example.org,        421",
    "evil.example.org:8080,   421",
    "localhost.example.org,   421",
    "localhost:8080,          200",
    "LOCALHOST.,              200",
    "127.0.0.1:8080,          200",
    "192.0.2.7,               200",
    "[::1]:8080,              200",
    "music.example.org,       200"
  })
  void hostsThatAreNotAllowedAreRefused(String host, int status) throws Exception {
    for (String target : List.of("/v1/status", "/v1/tracks?limit=1", "/v1/events")) {
      String head = target.equals("/v1/events") ? "HEAD " : "GET ";
      RawResponse response =
          RawResponse.to(
              api.port(), head + target + " HTTP/1.1\nHost: " + host + "\nConnection: close\n\n");
      assertThat(response.status()).as(target).isEqualTo(status);
    }
    RawResponse page =
        RawResponse.to(api.port(), "GET / HTTP/1.1\nHost: " + host + "\nConnection: close\n\n");
    assertThat(page.status()).isEqualTo(200);
  }

  @Test
  void theProblemNamesTheOptionThatAllowsAHost() throws Exception {
    RawResponse response =
        RawResponse.to(
            api.port(), "GET /v1/status HTTP/1.1\nHost: songs.example\nConnection: close\n\n");
    assertProblem(response, 421);
    assertThat(response.json().get("title").getAsString()).isEqualTo("Misdirected Request");
    assertThat(response.json().get("detail").getAsString())
        .contains("--cors-origin, such as https://songs.example.");
  }

  @Test
  void preflightsOfAllowedOriginsSucceed() throws Exception {
    String headers =
        "Access-Control-Request-Method: POST\nAccess-Control-Request-Headers: prefer\n";
    RawResponse allowed =
        send("OPTIONS", "/v1/audio", "Origin: " + ALLOWED_ORIGIN + "\n" + headers, "");
    assertThat(allowed.status()).isEqualTo(204);
    assertThat(allowed.header("Access-Control-Allow-Origin")).contains(ALLOWED_ORIGIN);
    assertThat(allowed.header("Access-Control-Allow-Methods")).contains("GET, HEAD, POST");
    assertThat(allowed.header("Access-Control-Allow-Headers"))
        .contains("Authorization, Content-Type, Last-Event-ID, Prefer");
    RawResponse refused = send("OPTIONS", "/v1/audio", "Origin: http://evil\n" + headers, "");
    assertThat(refused.status()).isEqualTo(405);
    assertThat(refused.header("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void crossOriginReadsGetNoCorsHeaders() throws Exception {
    RawResponse response = send("GET", "/v1/status", "Origin: http://evil\n", "");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void idsWithSpecialCharactersAreFound() throws Exception {
    Map<String, String> paths =
        Map.of(
            "a\\b", "a%5cb", "c/d", "c%2Fd", "e;f", "e%3Bf", "g%h", "g%25h", "ä i", "%C3%A4%20i");
    for (Map.Entry<String, String> path : paths.entrySet()) {
      String id = path.getKey();
      api.publish(Topics.defaults().predictions(), id, TestRecords.prediction(id, 0, 1000, 1));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> send("GET", "/v1/tracks/" + path.getValue(), "", "").status() == 200);
      RawResponse found = send("GET", "/v1/audio-features?ids=" + path.getValue(), "", "");
      assertThat(found.json().getAsJsonArray("audio_features").get(0).getAsJsonObject().get("id"))
          .hasToString("\"" + id.replace("\\", "\\\\") + "\"");
    }
  }

  private RawResponse send(String method, String target, String headers, String body)
      throws IOException {
    String bytes = body.replace("\n", "\r\n");
    String length = body.isEmpty() ? "" : "Content-Length: " + bytes.length() + "\n";
    return RawResponse.to(api.port(), request(method, target, headers + length) + body);
  }

  private static String request(String method, String target, String headers) {
    return method
        + " "
        + target
        + " HTTP/1.1\nHost: localhost\nConnection: close\n"
        + headers
        + "\n";
  }

  private static void assertProblem(RawResponse response, int status) {
    assertThat(response.status()).as(response.head() + response.body()).isEqualTo(status);
    assertThat(response.header("Content-Type")).contains("application/problem+json");
    assertThat(response.header("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.json().get("status").getAsInt()).isEqualTo(status);
    assertThat(response.json().get("detail").getAsString()).isNotEmpty();
  }
}
