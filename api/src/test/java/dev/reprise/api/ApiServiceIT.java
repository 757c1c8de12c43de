package dev.reprise.api;

import static dev.reprise.api.TestRecords.clip;
import static dev.reprise.api.TestRecords.prediction;
import static dev.reprise.api.TestRecords.truth;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Message;
import dev.reprise.api.security.ServerCertificate;
import dev.reprise.api.security.TestCertificate;
import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.Health;
import dev.reprise.runtime.KafkaSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Instances of the API on a real broker, with synthetic predictions. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ApiServiceIT {
  private static final Topics TOPICS = Topics.defaults();
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final int TRACKS = 40;

  private final Path folder;
  private final EmbeddedBroker broker;
  private final KafkaSettings kafka;
  private final KafkaProducer<String, byte[]> producer;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<ApiService> services = new ArrayList<>();

  ApiServiceIT(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.broker = EmbeddedBroker.start();
    this.kafka = new KafkaSettings(Map.of("bootstrap.servers", broker.bootstrapServers()), TOPICS);
    try (Admin admin = Admin.create(kafka.overriding(Map.of()))) {
      admin
          .createTopics(
              TOPICS.specs().stream()
                  .map(spec -> new NewTopic(spec.name(), 4, (short) 1).configs(spec.configs()))
                  .toList())
          .all()
          .get();
    }
    this.producer =
        new KafkaProducer<>(
            kafka.overriding(Map.of()), new StringSerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void stop() throws IOException {
    services.forEach(ApiService::close);
    producer.close();
    broker.close();
  }

  /** Each of two instances owns some of the tracks, and responds to requests for all. */
  @Test
  void everyInstanceServesEveryTrack() throws Exception {
    ApiService one = start("one");
    ApiService two = start("two");
    publishTracks();
    awaitTracks(one);
    awaitTracks(two);

    double before = requests(one);
    for (int i = 0; i < TRACKS; i++) {
      String path = "/v1/tracks/" + i;
      HttpResponse<String> response = get(one, path);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(get(two, path).body()).isEqualTo(response.body());
      JsonObject track = object(response);
      assertThat(track.get("prediction").toString())
          .isEqualTo(Json.print(prediction(Integer.toString(i), i, 1000, i)));
      assertThat(track.getAsJsonArray("clips")).hasSize(2);
    }
    // Includes requests that the other instance forwarded.
    assertThat(requests(one) - before).isGreaterThan(TRACKS).isLessThan(2 * TRACKS);
    String ids =
        IntStream.range(-1, TRACKS).mapToObj(Integer::toString).collect(Collectors.joining(","));
    JsonArray features =
        object(get(two, "/v1/audio-features/?ids=" + ids)).getAsJsonArray("audio_features");
    assertThat(features).hasSize(TRACKS + 1);
    assertThat(features.get(0).isJsonNull()).isTrue();
    for (int i = 0; i < TRACKS; i++) {
      JsonObject feature = features.get(i + 1).getAsJsonObject();
      assertThat(feature.get("id").getAsString()).isEqualTo(Integer.toString(i));
      assertThat(feature.get("track_href").getAsString())
          .isEqualTo(url(two, "/v1/tracks/" + i).toString());
    }
    assertThat(get(one, "/v1/tracks/7/similar?group=embedding&metric=euclidean").body())
        .isEqualTo(get(two, "/v1/tracks/7/similar?group=embedding&metric=euclidean").body());
  }

  /** The other instance takes over the tracks of a stopped one. */
  @Test
  @Tag("slow")
  void survivesTheLossOfAnInstance() throws Exception {
    ApiService one = start("one");
    ApiService two = start("two");
    publishTracks();
    awaitTracks(one);

    two.close();
    services.remove(two);
    awaitTracks(one);
    ApiService again = start("two");
    awaitTracks(again);
    assertThat(object(get(again, "/v1/status")).get("predicted_tracks").getAsInt())
        .isEqualTo(TRACKS);
  }

  @Test
  void reportsProblems() throws Exception {
    ApiService service = start("one");
    publishTracks();
    awaitTracks(service);
    assertProblem(get(service, "/v1/tracks/nobody"), 404, "Unknown track nobody.");
    assertProblem(get(service, "/v1/audio-features/nobody"), 404, "No prediction for this track.");
    assertProblem(
        get(service, "/v1/audio-features?ids="),
        400,
        "The parameter ids must be 1 to 100 comma-separated track ids.");
    assertProblem(
        get(service, "/v1/tracks/1/similar?k=0"),
        400,
        "The parameter k must be a whole number from 1 to 1000.");
    assertProblem(
        get(service, "/v1/tracks/1/similar?metric=hamming"),
        400,
        "The parameter metric must be one of cosine, euclidean, standardised-cosine,"
            + " standardised-euclidean, great-circle.");
    assertProblem(
        get(service, "/v1/tracks/1/extractions/elsewhere-0-1"),
        404,
        "An extraction id has the form reprise.audio-files.v1-PARTITION-OFFSET.");
    assertProblem(get(service, "/v2"), 404, "No route /v2; see /openapi.yaml.");
  }

  @Test
  void acceptsAudioAndReturnsItsOutcome() throws Exception {
    ApiService service = start("one");
    awaitReady(service);
    HttpResponse<String> response =
        send(
            request(service, "/v1/audio?track_id=a%2Fb").header("Content-Type", "audio/wav"), "la");
    assertThat(response.statusCode()).isEqualTo(202);
    String location = response.headers().firstValue("Location").orElseThrow();
    String id = object(response).get("extraction_id").getAsString();
    assertThat(location).isEqualTo("/v1/tracks/a%2Fb/extractions/" + id);

    HttpResponse<String> pending = get(service, location);
    assertThat(object(pending).get("status").getAsString()).isEqualTo("pending");
    assertThat(pending.headers().firstValue("Retry-After")).contains("1");
    Prediction prediction = prediction("a/b", 0, 1000, 1).toBuilder().setExtractionId(id).build();
    publish(TOPICS.predictions(), "a/b", prediction);
    await().atMost(TIMEOUT).until(() -> status(get(service, location)).equals("predicted"));
    assertThat(object(get(service, "/v1/audio-features/a%2Fb")).get("uri").getAsString())
        .isEqualTo("reprise:track:a/b");
  }

  /** Both the clients and the instances among themselves. */
  @Test
  void servesAndForwardsOverTls() throws Exception {
    TestCertificate.write(folder.resolve("tls"), "EC");
    ServerCertificate certificate =
        ServerCertificate.read(folder.resolve("tls/cert.pem"), folder.resolve("tls/key.pem"));
    ApiService one = start("one", Optional.empty(), Optional.of(certificate));
    ApiService two = start("two", Optional.empty(), Optional.of(certificate));
    publishTracks();
    HttpClient client = HttpClient.newBuilder().sslContext(certificate.clientContext()).build();
    for (ApiService service : List.of(one, two)) {
      for (int i = 0; i < TRACKS; i++) {
        URI track = URI.create("https://127.0.0.1:%d/v1/tracks/%d".formatted(service.apiPort(), i));
        await()
            .atMost(TIMEOUT)
            .until(
                () ->
                    client
                        .send(
                            HttpRequest.newBuilder(track).build(),
                            HttpResponse.BodyHandlers.discarding())
                        .statusCode(),
                status -> status == 200);
      }
    }
    assertThatThrownBy(() -> get(one, "/v1/status")).isInstanceOf(IOException.class);
  }

  @Test
  void requiresTheToken() throws Exception {
    ApiService service = start("one", Optional.of("secret"));
    assertThat(get(service, "/v1/status").statusCode()).isEqualTo(401);
    assertThat(
            send(request(service, "/v1/status").header("Authorization", "Bearer secreT"), null)
                .statusCode())
        .isEqualTo(401);
    assertThat(
            send(request(service, "/v1/status").header("Authorization", "Bearer secret"), null)
                .statusCode())
        .isEqualTo(200);
    assertThat(
            send(request(service, "/v1/status").header("Authorization", "bearer secret"), null)
                .statusCode())
        .isEqualTo(200);
    assertThat(get(service, "/").statusCode()).isEqualTo(200);
    assertThat(get(service, "/openapi.yaml").statusCode()).isEqualTo(200);
  }

  @Test
  void listsEveryErrorAtStart() {
    ApiConfig invalid =
        new ApiConfig(
            kafka,
            "api",
            folder,
            "0.0.0.0",
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of("example.org"),
            1,
            1,
            Optional.empty(),
            ApiConfig.DEFAULT_MAX_UPLOAD_BYTES,
            ApiConfig.DEFAULT_MAX_SPOOL_BYTES,
            EndpointsConfig.local(),
            "test");
    assertThatThrownBy(() -> ApiService.start(invalid, Optional::empty))
        .isInstanceOfSatisfying(
            ConfigurationException.class, e -> assertThat(e.errors()).hasSize(3));
  }

  private ApiService start(String name) throws ConfigurationException {
    return start(name, Optional.empty());
  }

  private ApiService start(String name, Optional<String> token) throws ConfigurationException {
    return start(name, token, Optional.empty());
  }

  private ApiService start(
      String name, Optional<String> token, Optional<ServerCertificate> certificate)
      throws ConfigurationException {
    ApiService service =
        ApiService.start(
            new ApiConfig(
                kafka,
                "api",
                folder.resolve(name),
                "127.0.0.1",
                0,
                Optional.empty(),
                certificate,
                token,
                List.of(),
                10,
                ApiConfig.DEFAULT_UPLOAD_MEMORY,
                Optional.empty(),
                ApiConfig.DEFAULT_MAX_UPLOAD_BYTES,
                ApiConfig.DEFAULT_MAX_SPOOL_BYTES,
                EndpointsConfig.local(),
                "test"),
            Optional::empty);
    services.add(service);
    return service;
  }

  /** Publishes truth of even tracks only, and clips on other partitions than the default ones. */
  private void publishTracks() throws Exception {
    for (int i = 0; i < TRACKS; i++) {
      String id = Integer.toString(i);
      publish(TOPICS.predictions(), id, prediction(id, i, 1000, i));
      for (int index = 0; index < 2; index++) {
        producer
            .send(
                new ProducerRecord<>(
                    TOPICS.clipPredictions(), i % 4, id, Json.bytes(clip(id, i, 1000, index))))
            .get();
      }
      if (i % 2 == 0) {
        publish(TOPICS.truth(), id, truth(i));
      }
    }
  }

  private void publish(String topic, String key, Message value) throws Exception {
    producer.send(new ProducerRecord<>(topic, null, 1000L, key, Json.bytes(value))).get();
  }

  private void awaitReady(ApiService service) {
    await()
        .atMost(TIMEOUT)
        .untilAsserted(() -> assertThat(service.readiness()).isEqualTo(Health.UP));
  }

  private void awaitTracks(ApiService service) {
    awaitReady(service);
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              for (int i = 0; i < TRACKS; i++) {
                HttpResponse<String> response = get(service, "/v1/tracks/" + i);
                if (response.statusCode() != 200
                    || !object(response).has("prediction")
                    || !object(response).has("clips")
                    || object(response).getAsJsonArray("clips").size() != 2
                    || object(response).has("truth") != (i % 2 == 0)) {
                  return false;
                }
              }
              return object(get(service, "/v1/status")).get("predicted_tracks").getAsInt()
                  == TRACKS;
            });
  }

  private static String status(HttpResponse<String> response) {
    return object(response).get("status").getAsString();
  }

  private void assertProblem(HttpResponse<String> response, int status, String detail) {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(object(response).get("status").getAsInt()).isEqualTo(status);
    assertThat(object(response).get("detail").getAsString()).isEqualTo(detail);
  }

  private static JsonObject object(HttpResponse<String> response) {
    JsonElement json = JsonParser.parseString(response.body());
    return json.getAsJsonObject();
  }

  private HttpResponse<String> get(ApiService service, String path) throws Exception {
    return send(request(service, path), null);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, @Nullable String body)
      throws Exception {
    if (body != null) {
      request.POST(HttpRequest.BodyPublishers.ofString(body));
    }
    return http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static HttpRequest.Builder request(ApiService service, String path) {
    return HttpRequest.newBuilder(url(service, path)).timeout(Duration.ofSeconds(20));
  }

  private static URI url(ApiService service, String path) {
    return URI.create("http://127.0.0.1:" + service.apiPort() + path);
  }

  /** Returns the number of requests for single tracks that an instance has served. */
  private double requests(ApiService service) throws Exception {
    return http.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + service.httpPort() + "/metrics"))
                .build(),
            BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("reprise_http_request_seconds_count"))
        .filter(line -> line.contains("route=\"/v1/tracks/{id}\""))
        .filter(line -> line.contains("status=\"200\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
