package dev.reprise.inference;

import static dev.reprise.inference.TestMfccRecords.clip;
import static dev.reprise.inference.TestMfccRecords.complete;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truth;
import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.inference.model.TinyModel;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service on a real broker, with models that are added and replaced. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class InferenceServiceIT {
  private static final Topics TOPICS = Topics.defaults();
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final EmbeddedBroker broker;
  private final KafkaSettings kafka;
  private final Path folder;
  private final Path repository;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<ConsumerRecord<String, byte[]>> seen = new ArrayList<>();
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;

  InferenceServiceIT(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.repository = folder.resolve("models");
    this.broker = EmbeddedBroker.start();
    Map<String, String> client = Map.of("bootstrap.servers", broker.bootstrapServers());
    this.kafka = new KafkaSettings(client, TOPICS);
    createTopics();
    this.producer =
        new KafkaProducer<>(
            kafka.overriding(Map.of()), new StringSerializer(), new ByteArraySerializer());
    this.consumer =
        new KafkaConsumer<>(
            kafka.overriding(Map.of("isolation.level", "read_committed")),
            new StringDeserializer(),
            new ByteArrayDeserializer());
  }

  private void createTopics() throws Exception {
    try (Admin admin = Admin.create(kafka.overriding(Map.of()))) {
      admin
          .createTopics(
              TOPICS.specs().stream()
                  .map(spec -> new NewTopic(spec.name(), 1, (short) 1).configs(spec.configs()))
                  .toList())
          .all()
          .get();
    }
  }

  @BeforeEach
  void read() throws IOException {
    List<TopicPartition> outputs =
        List.of(
            new TopicPartition(TOPICS.clipPredictions(), 0),
            new TopicPartition(TOPICS.predictions(), 0),
            new TopicPartition(TOPICS.shadowPredictions(), 0),
            new TopicPartition(TOPICS.deadLetters(), 0));
    consumer.assign(outputs);
    consumer.seekToBeginning(outputs);
    TinyModel.of("cnn", "1.0.0", 1).writeTo(repository);
  }

  @AfterEach
  void stop() throws IOException {
    producer.close();
    consumer.close();
    broker.close();
  }

  @Test
  void modelsAreReplacedWhileTheServiceRuns() throws Exception {
    try (InferenceService service = InferenceService.start(config("cnn", Optional.empty()))) {
      send("a", clip("a-0-0", 0, 0.25f), complete("a-0-0", 1));
      assertThat(prediction("a").getModel().getVersion()).isEqualTo("1.0.0");
      send("across", clip("across-0-0", 0, 0.25f));
      await().atMost(TIMEOUT).until(() -> has(TOPICS.clipPredictions(), "across"));

      TinyModel.of("cnn", "2.0.0", 2).writeTo(repository);
      await().atMost(TIMEOUT).until(() -> service.model().version().equals("2.0.0"));
      assertThat(infos(service))
          .hasSize(1)
          .allMatch(line -> line.contains("version=\"2.0.0\"") && line.contains("\"serving\""));
      send("b", clip("b-0-0", 0, 0.25f), complete("b-0-0", 1));
      Prediction second = prediction("b");
      assertThat(second.getModel().getVersion()).isEqualTo("2.0.0");
      assertThat(second.getFeatures().getEnergy()).isEqualTo(2.25);

      send("across", clip("across-0-0", 1, 0.75f), complete("across-0-0", 2));
      Prediction across = prediction("across");
      assertThat(across.getModel().getVersion()).isEqualTo("1.0.0");
      assertThat(across.getFeatures().getEnergy()).isEqualTo(1.5);
      assertThat(across.getEmbedding().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN))
          .extracting(ByteBuffer::remaining, ByteBuffer::getFloat)
          .containsExactly(4 * Float.BYTES, 0.5f);

      Path broken = TinyModel.of("cnn", "3.0.0", 3).file(repository);
      Files.createDirectories(broken.resolveSibling(""));
      Files.write(broken, new byte[1_000]);
      await().atMost(TIMEOUT).until(() -> reloads(service, "failed") == 1);
      send("c", clip("c-0-0", 0, 0.25f), complete("c-0-0", 1));
      assertThat(prediction("c").getModel().getVersion()).isEqualTo("2.0.0");
      assertThat(reloads(service, "loaded")).isEqualTo(1);
      assertThat(reloads(service, "failed")).isEqualTo(1);

      Files.write(broken, TinyModel.of("cnn", "3.0.0", 3).bytes());
      await().atMost(TIMEOUT).until(() -> service.model().version().equals("3.0.0"));
      send("d", clip("d-0-0", 0, 0.25f), complete("d-0-0", 1));
      assertThat(prediction("d").getFeatures().getEnergy()).isEqualTo(3.25);
    }
    assertThat(records(TOPICS.deadLetters(), "across")).isEmpty();
    assertThat(seen).noneMatch(record -> record.topic().equals(TOPICS.deadLetters()));
  }

  @Test
  void aShadowPredictsInParallelAndItsFailuresDoNotAffectServing() throws Exception {
    TinyModel.of("next", "9.0.0", 5).withNanBelowZero().writeTo(repository);
    try (InferenceService service = InferenceService.start(config("cnn", Optional.of("next")))) {
      assertThat(infos(service))
          .hasSize(2)
          .anyMatch(line -> line.contains("\"shadow\"") && line.contains("version=\"9.0.0\""));
      send("a", clip("a-0-0", 0, 0.5f), clip("a-0-0", 1, -0.5f), complete("a-0-0", 2));
      send("b", clip("b-0-0", 0, 0.5f), complete("b-0-0", 1));
      Prediction shadowed = prediction(TOPICS.shadowPredictions(), "b");
      assertThat(shadowed.getModel().getName()).isEqualTo("next");
      assertThat(shadowed.getFeatures().getEnergy()).isEqualTo(5.5);
      assertThat(prediction("a").getFeatures().getEnergy()).isEqualTo(1);
      assertThat(prediction("b").getFeatures().getEnergy()).isEqualTo(1.5);
      assertThat(prediction("b").getModel().getName()).isEqualTo("cnn");
      assertThat(scrape(service, "reprise_shadow_failures_total{reason=\"scoring-failed\"}"))
          .isEqualTo(1);
      assertThat(has(TOPICS.shadowPredictions(), "a")).isFalse();

      TinyModel.of("next", "9.1.0", 7).writeTo(repository);
      await()
          .atMost(TIMEOUT)
          .until(() -> infos(service).stream().anyMatch(line -> line.contains("\"9.1.0\"")));
      send("c", clip("c-0-0", 0, -0.5f), complete("c-0-0", 1));
      assertThat(prediction(TOPICS.shadowPredictions(), "c").getFeatures().getEnergy())
          .isEqualTo(6.5);
    }
    assertThat(seen).noneMatch(record -> record.topic().equals(TOPICS.deadLetters()));
  }

  /** The old version's metrics stay, the new version's start empty. */
  @Test
  void metricsBelongToTheModelThatPredicted() throws Exception {
    InferenceConfig config = withEvaluation(config("cnn", Optional.empty()));
    try (InferenceService service = InferenceService.start(config)) {
      for (String track : List.of("a", "b")) {
        sendTruth(track, 1);
        send(track, clip(track + "-0-0", 0, 0.25f), complete(track + "-0-0", 1));
        prediction(track);
      }
      awaitSeries(service, "reprise_quality_mae", "1.0.0", 0.25);
      awaitSeries(service, "reprise_quality_pairs", "1.0.0", 2);
      awaitSeries(service, "reprise_evaluation_predictions", "1.0.0", 2);
      // From the reference distributions in the model's file.
      await()
          .atMost(TIMEOUT)
          .until(() -> get(service.httpPort(), "/metrics").contains("reference=\"training\""));

      TinyModel.of("cnn", "2.0.0", 2).writeTo(repository);
      await().atMost(TIMEOUT).until(() -> service.model().version().equals("2.0.0"));
      assertThat(get(service.httpPort(), "/metrics")).doesNotContain("\"cnn@2.0.0\"");
      sendTruth("c", 1);
      send("c", clip("c-0-0", 0, 0.25f), complete("c-0-0", 1));
      send("d", clip("d-0-0", 0, 0.5f), complete("d-0-0", 1));
      awaitSeries(service, "reprise_evaluation_predictions", "2.0.0", 2);
      awaitSeries(service, "reprise_quality_pairs", "2.0.0", 1);
      awaitSeries(service, "reprise_quality_mae", "1.0.0", 0.25);
      awaitSeries(service, "reprise_quality_pairs", "1.0.0", 2);
    }
    // The metrics survive a restart, even without the old model's file.
    TinyModel old = TinyModel.of("cnn", "1.0.0", 1);
    Files.delete(old.file(repository));
    try (InferenceService service = InferenceService.start(withEvaluation(config))) {
      awaitSeries(service, "reprise_quality_mae", "1.0.0", 0.25);
      awaitSeries(service, "reprise_evaluation_predictions", "2.0.0", 2);
      await()
          .atMost(TIMEOUT)
          .until(
              () ->
                  get(service.httpPort(), "/metrics")
                      .lines()
                      .anyMatch(
                          line ->
                              line.startsWith("reprise_drift_score{")
                                  && line.contains("\"cnn@1.0.0\"")));
    }
  }

  private static InferenceConfig withEvaluation(InferenceConfig config) {
    return new InferenceConfig(
        config.kafka(),
        config.applicationId(),
        config.threads(),
        config.dataDirectory(),
        config.modelRepository(),
        config.model(),
        config.shadowModel(),
        config.modelReloadInterval(),
        config.executionProvider(),
        Optional.of(new WindowConfig(Duration.ofDays(1), Duration.ofDays(400), 2)),
        EndpointsConfig.local());
  }

  private void sendTruth(String trackId, double energy) throws Exception {
    AudioFeatures features = AudioFeatures.newBuilder().setEnergy(energy).build();
    byte[] truth = Json.bytes(Truth.newBuilder().setAudioFeatures(features).build());
    producer.send(new ProducerRecord<>(TOPICS.truth(), trackId, truth)).get();
  }

  /** Waits until a gauge of energy since the start has this value. */
  private void awaitSeries(InferenceService service, String name, String version, double value) {
    String labels =
        "{feature=\"energy\",model_version=\"cnn@%s\",role=\"serving\",window=\"all\"} "
            .formatted(version);
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                get(service.httpPort(), "/metrics")
                    .lines()
                    .anyMatch(line -> line.equals(name + labels + value)));
  }

  @Test
  void aShadowThatDoesNotLoadFailsTheStart() {
    assertThatThrownBy(() -> InferenceService.start(config("cnn", Optional.of("next"))).close())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Model next is not in the repository");
  }

  @Test
  void isNotReadyBeforeItsModelIsWarm() throws Exception {
    TinyModel.of("cnn", "2.0.0", 2).slowToLoad().writeTo(repository);
    InferenceConfig config = config("cnn", Optional.empty());
    CompletableFuture<InferenceService> starting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return InferenceService.start(config);
              } catch (ConfigurationException e) {
                throw new IllegalStateException(e);
              }
            });
    List<String> responses = new ArrayList<>();
    await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              responses.add(get(config.endpoints().port(), "/health/ready"));
              return responses.contains("200 ok");
            });
    // Scraped after the response, when the model must have been warmed up.
    assertThat(get(config.endpoints().port(), "/metrics")).contains("reprise_model_info{");
    assertThat(responses).contains("503 The model is being loaded and warmed up.");
    starting.get().close();
  }

  private InferenceConfig config(String model, Optional<String> shadow) throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    return new InferenceConfig(
        kafka,
        "test",
        2,
        folder.resolve("data"),
        repository,
        model,
        shadow,
        Duration.ofMillis(100),
        "cpu",
        Optional.empty(),
        new EndpointsConfig("127.0.0.1", port, Optional.empty()));
  }

  private void send(String trackId, MfccRecord... records) throws Exception {
    for (MfccRecord record : records) {
      producer.send(new ProducerRecord<>(TOPICS.mfcc(), trackId, record.toByteArray())).get();
    }
  }

  private Prediction prediction(String trackId) throws Exception {
    return prediction(TOPICS.predictions(), trackId);
  }

  private Prediction prediction(String topic, String trackId) throws Exception {
    await().atMost(TIMEOUT).until(() -> has(topic, trackId));
    List<ConsumerRecord<String, byte[]>> records = records(topic, trackId);
    assertThat(records).hasSize(1);
    Prediction.Builder prediction = Prediction.newBuilder();
    assertThat(Json.parse(records.get(0).value(), prediction)).isEqualTo(Set.of());
    return prediction.build();
  }

  private boolean has(String topic, String trackId) {
    return !records(topic, trackId).isEmpty();
  }

  private List<ConsumerRecord<String, byte[]>> records(String topic, String trackId) {
    consumer.poll(Duration.ofMillis(50)).forEach(seen::add);
    return seen.stream()
        .filter(record -> record.topic().equals(topic) && record.key().equals(trackId))
        .toList();
  }

  private double reloads(InferenceService service, String outcome) throws Exception {
    return scrape(
        service, "reprise_model_reloads_total{outcome=\"%s\",role=\"serving\"}".formatted(outcome));
  }

  private List<String> infos(InferenceService service) throws Exception {
    return get(service.httpPort(), "/metrics")
        .lines()
        .filter(line -> line.startsWith("reprise_model_info{"))
        .toList();
  }

  private double scrape(InferenceService service, String series) throws Exception {
    return get(service.httpPort(), "/metrics")
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .findFirst()
        .orElseThrow(() -> new AssertionError(series + " is not exported."));
  }

  /** Returns status and body; empty while the port is closed. */
  private String get(int port, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    try {
      HttpResponse<String> response =
          http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      return response.statusCode() + " " + response.body().strip();
    } catch (ConnectException e) {
      return "";
    }
  }
}
