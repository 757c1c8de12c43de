package dev.reprise.api.tracks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.reprise.api.RawResponse;
import dev.reprise.api.http.Problems;
import dev.reprise.api.http.Route;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One instance that owns no track, and another that owns all. */
class ForwardingTest {
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final HttpServer owner;
  private final Javalin server;
  private volatile int status = 200;
  private volatile Map<String, String> headers = Map.of();

  ForwardingTest() throws IOException {
    owner = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    owner.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestURI().toString());
          headers.forEach(exchange.getResponseHeaders()::set);
          exchange.sendResponseHeaders(status, 2);
          exchange.getResponseBody().write(new byte[] {'{', '}'});
          exchange.close();
        });
    owner.start();
    HostInfo other = new HostInfo("127.0.0.1", owner.getAddress().getPort());
    Forwarding forwarding =
        new Forwarding(id -> other, () -> new HostInfo("127.0.0.1", 1), Optional.empty());
    server =
        Javalin.create(
                javalin -> {
                  javalin.startup.showJavalinBanner = false;
                  for (Route route : List.of(Route.TRACK, Route.EXTRACTION)) {
                    javalin.routes.get(
                        route.path(),
                        forwarding.byOwner(
                            route,
                            ctx -> {
                              throw new AssertionError();
                            }));
                  }
                  Problems.handle(javalin.routes);
                })
            .start("127.0.0.1", 0);
  }

  @AfterEach
  void stop() {
    server.stop();
    owner.stop(0);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/tracks/a?x={b}|\\^,                /v1/tracks/a",
    "/v1/tracks/a%7cb%7bc%7d,               /v1/tracks/a%7Cb%7Bc%7D",
    "/v1/tracks/%24%7Bx%7D%20%C3%A4,        /v1/tracks/%24%7Bx%7D%20%C3%A4",
    "/v1/tracks/a+b/extractions/t-0-1?%zz,  /v1/tracks/a%2Bb/extractions/t-0-1",
  })
  void rebuildsThePath(String target, String expected) throws IOException {
    RawResponse response = RawResponse.get(server.port(), target);
    assertThat(response.status()).as(response.body()).isEqualTo(200);
    assertThat(requests).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503})
  void serverErrorsOfTheOwnerAreRetryable(int failure) throws IOException {
    status = failure;
    RawResponse response = RawResponse.get(server.port(), "/v1/tracks/a");
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("Content-Type")).contains("application/problem+json");
    assertThat(response.header("Retry-After")).contains("1");
    assertThat(response.json().get("detail").getAsString())
        .isEqualTo("The instance that owns this track cannot respond.");
  }

  @Test
  void copiesTheResponseOfTheOwner() throws IOException {
    status = 401;
    headers =
        Map.of(
            "Content-Type", "application/problem+json",
            "Cache-Control", "no-cache",
            "WWW-Authenticate", "Bearer");
    RawResponse response = RawResponse.get(server.port(), "/v1/tracks/a");
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.body()).isEqualTo("{}");
    headers.forEach((name, value) -> assertThat(response.header(name)).contains(value));
  }

  @Test
  void ipv6AddressesHaveBrackets() {
    assertThat(Forwarding.authority(new HostInfo("::1", 8080))).isEqualTo("[::1]:8080");
    assertThat(Forwarding.authority(new HostInfo("[::1]", 8080))).isEqualTo("[::1]:8080");
    assertThat(Forwarding.authority(new HostInfo("api", 8080))).isEqualTo("api:8080");
  }
}
