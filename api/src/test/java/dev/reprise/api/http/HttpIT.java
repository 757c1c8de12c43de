package dev.reprise.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.api.RunningApi;
import dev.reprise.api.TestRecords;
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
  private static final String FRIEND = "https://music.example.org";
  private static final String FORM = "Content-Type: multipart/form-data";

  private RunningApi api;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    api = RunningApi.start(folder, FRIEND);
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
  void whatCannotBeAnsweredIsAProblem(String method, String target, int status) throws Exception {
    assertProblem(ask(method, target, "", ""), status);
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
  void whatIsNoRequestIsAProblem(String head, int status) throws Exception {
    assertProblem(RawAnswer.to(api.port(), head + "\nConnection: close\n\n"), status);
  }

  @Test
  void whatIsTooLongIsAProblem() throws Exception {
    String long64 = "a".repeat(65 << 10);
    assertProblem(ask("GET", "/v1/tracks/" + long64, "", ""), 414);
    assertProblem(ask("GET", "/v1/status", "X: " + long64 + "\n", ""), 431);
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
  void aFormThatIsNoneIsTheSendersFault(String rest) throws Exception {
    String[] parts = rest.split("\n\n", 2);
    String body = parts.length == 1 ? "abc" : parts[1];
    assertProblem(ask("POST", "/v1/audio", FORM + parts[0] + "\n", body), 400);
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
  void aFormMayNotContradictTheAddress(String asked, int status) throws Exception {
    String form =
        "--x\nContent-Disposition: form-data; name=\"track_id\"\n\na\n"
            + "--x\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\n\nabc\n--x--\n";
    RawAnswer answer = ask("POST", "/v1/audio?track_id=" + asked, FORM + "; boundary=x\n", form);
    assertThat(answer.status()).isEqualTo(status);
  }

  /** Each of these, of unknown length, takes as much of the budget as there may be. */
  @Test
  void formsThatFailGiveTheirMemoryBack() throws Exception {
    for (int i = 0; i < 10; i++) {
      String head = FORM + "; boundary=x\nTransfer-Encoding: chunked\n";
      RawAnswer answer =
          RawAnswer.to(api.port(), request("POST", "/v1/audio", head) + "3\nabc\n0\n\n");
      assertProblem(answer, 400);
    }
  }

  @Test
  void aFormThatIsTooLargeIsRefused() throws Exception {
    String head =
        "--x\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\n\n"
            .replace("\n", "\r\n");
    StringBuilder body = new StringBuilder();
    // Little too much: the server may close the connection on what is sent after its answer.
    for (String part : List.of(head, "f".repeat(16 << 20), "f".repeat(52 << 10))) {
      body.append(Integer.toHexString(part.length())).append("\r\n").append(part).append("\r\n");
    }
    String form = request("POST", "/v1/audio", FORM + "; boundary=x\nTransfer-Encoding: chunked\n");
    assertProblem(RawAnswer.to(api.port(), form + body + "0\r\n\r\n"), 413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Transfer-Encoding: chunked\n\nzz\nabc", "Content-Length: 9\n\nabc"})
  void aBodyThatBreaksOffIsTheSendersFault(String rest) throws Exception {
    String head = request("POST", "/v1/audio", "Content-Type: audio/wav\n");
    assertProblem(RawAnswer.to(api.port(), head.substring(0, head.length() - 1) + rest), 400);
  }

  /** The charset of a body says nothing of the address. */
  @Test
  void theQueryIsUtf8WhateverTheBodyIs() throws Exception {
    for (String charset : new String[] {"iso-8859-1", "foo"}) {
      RawAnswer answer =
          ask(
              "POST",
              "/v1/audio?track_id=%C3%A4",
              "Content-Type: audio/wav; charset=" + charset + "\n",
              "abc");
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.json().get("track_id").getAsString()).isEqualTo("ä");
    }
  }

  @Test
  void faultsInJsonAreToldWithoutTheNamesOfClasses() throws Exception {
    RawAnswer answer = ask("POST", "/v1/audio", "Content-Type: application/json\n", "{");
    assertProblem(answer, 400);
    assertThat(answer.json().get("detail").getAsString())
        .startsWith("The body is no audio event in JSON: End of input");
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
  void whatIsNoAudioEventIsRefused(String json) throws Exception {
    String type = "Content-Type: application/json\n";
    assertProblem(ask("POST", "/v1/audio", type, json.replace('\'', '"')), 400);
    assertThat(ask("POST", "/v1/audio", type, "{\"uri\": \"file:///a\"}").status()).isEqualTo(202);
  }

  @Test
  void problemsAreUtf8() throws Exception {
    RawAnswer answer = ask("GET", "/v1/tracks/%C2%A5/similar", "", "");
    assertProblem(answer, 404);
    assertThat(answer.json().get("detail").getAsString()).contains("¥");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/status", "/v1/tracks/nobody", "/v1/tracks?limit=0", "/openapi.yaml"})
  void headIsGetWithoutTheBody(String target) throws Exception {
    RawAnswer get = ask("GET", target, "", "");
    RawAnswer head = ask("HEAD", target, "", "");
    assertThat(head.status()).isEqualTo(get.status());
    assertThat(head.body()).isEmpty();
    assertThat(head.header("Content-Type")).isEqualTo(get.header("Content-Type")).isPresent();
    assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
  }

  /** Or a reader that reads nothing would stay for ever. */
  @Test
  void headOfTheEventsEnds() throws Exception {
    RawAnswer head = ask("HEAD", "/v1/events", "", "");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Type")).contains("text/event-stream;charset=utf-8");
  }

  @Test
  void theMethodsThatAreTakenAreNamed() throws Exception {
    assertThat(ask("POST", "/v1/status", "", "").header("Allow")).contains("GET, HEAD");
    assertThat(ask("GET", "/v1/audio", "", "").header("Allow")).contains("POST");
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
  void aForeignPageMaySendNothing(String origin, int status) throws Exception {
    RawAnswer answer =
        ask("POST", "/v1/audio", "Content-Type: audio/wav\nOrigin: " + origin + "\n", "abc");
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Access-Control-Allow-Origin").isPresent())
        .isEqualTo(origin.equals(FRIEND));
  }

  /** A foreign page whose name leads to this machine is its own origin. */
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
  void aNameThatIsNotOursIsNotAnswered(String host, int status) throws Exception {
    for (String target : List.of("/v1/status", "/v1/tracks?limit=1", "/v1/events")) {
      String head = target.equals("/v1/events") ? "HEAD " : "GET ";
      RawAnswer answer =
          RawAnswer.to(
              api.port(), head + target + " HTTP/1.1\nHost: " + host + "\nConnection: close\n\n");
      assertThat(answer.status()).as(target).isEqualTo(status);
    }
    RawAnswer page =
        RawAnswer.to(api.port(), "GET / HTTP/1.1\nHost: " + host + "\nConnection: close\n\n");
    assertThat(page.status()).isEqualTo(200);
  }

  @Test
  void whoeverOwnsANameIsToldHowToSaySo() throws Exception {
    RawAnswer answer =
        RawAnswer.to(
            api.port(), "GET /v1/status HTTP/1.1\nHost: songs.example\nConnection: close\n\n");
    assertProblem(answer, 421);
    assertThat(answer.json().get("title").getAsString()).isEqualTo("Misdirected Request");
    assertThat(answer.json().get("detail").getAsString())
        .contains("--cors-origin, such as https://songs.example.");
  }

  @Test
  void preflightsOfFriendsAreAnswered() throws Exception {
    String headers =
        "Access-Control-Request-Method: POST\nAccess-Control-Request-Headers: prefer\n";
    RawAnswer friend = ask("OPTIONS", "/v1/audio", "Origin: " + FRIEND + "\n" + headers, "");
    assertThat(friend.status()).isEqualTo(204);
    assertThat(friend.header("Access-Control-Allow-Origin")).contains(FRIEND);
    assertThat(friend.header("Access-Control-Allow-Methods")).contains("GET, HEAD, POST");
    assertThat(friend.header("Access-Control-Allow-Headers"))
        .contains("Authorization, Content-Type, Last-Event-ID, Prefer");
    RawAnswer foe = ask("OPTIONS", "/v1/audio", "Origin: http://evil\n" + headers, "");
    assertThat(foe.status()).isEqualTo(405);
    assertThat(foe.header("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void readsFromForeignPagesAreAnsweredButNotShownToThem() throws Exception {
    RawAnswer answer = ask("GET", "/v1/status", "Origin: http://evil\n", "");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void idsThatAreNoWordsAreFound() throws Exception {
    Map<String, String> paths =
        Map.of(
            "a\\b", "a%5cb", "c/d", "c%2Fd", "e;f", "e%3Bf", "g%h", "g%25h", "ä i", "%C3%A4%20i");
    for (Map.Entry<String, String> path : paths.entrySet()) {
      String id = path.getKey();
      api.publish(Topics.defaults().predictions(), id, TestRecords.prediction(id, 0, 1000, 1));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> ask("GET", "/v1/tracks/" + path.getValue(), "", "").status() == 200);
      RawAnswer answer = ask("GET", "/v1/audio-features?ids=" + path.getValue(), "", "");
      assertThat(answer.json().getAsJsonArray("audio_features").get(0).getAsJsonObject().get("id"))
          .hasToString("\"" + id.replace("\\", "\\\\") + "\"");
    }
  }

  private RawAnswer ask(String method, String target, String headers, String body)
      throws IOException {
    String bytes = body.replace("\n", "\r\n");
    String length = body.isEmpty() ? "" : "Content-Length: " + bytes.length() + "\n";
    return RawAnswer.to(api.port(), request(method, target, headers + length) + body);
  }

  private static String request(String method, String target, String headers) {
    return method
        + " "
        + target
        + " HTTP/1.1\nHost: localhost\nConnection: close\n"
        + headers
        + "\n";
  }

  private static void assertProblem(RawAnswer answer, int status) {
    assertThat(answer.status()).as(answer.head() + answer.body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.json().get("status").getAsInt()).isEqualTo(status);
    assertThat(answer.json().get("detail").getAsString()).isNotEmpty();
  }
}
