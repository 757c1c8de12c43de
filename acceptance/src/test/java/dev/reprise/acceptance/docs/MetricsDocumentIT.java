package dev.reprise.acceptance.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Timestamps;
import dev.reprise.api.ApiConfig;
import dev.reprise.api.ApiService;
import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.InputStatistics;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truth;
import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.extractor.ExtractorConfig;
import dev.reprise.extractor.ExtractorService;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.inference.InferenceConfig;
import dev.reprise.inference.InferenceService;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares docs/METRICS.md with the metrics that the services export: names, types and labels, in
 * both directions.
 */
class MetricsDocumentIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Pattern TYPE = Pattern.compile("# TYPE (reprise_\\S+) (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-z0-9_]+)=\"");

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void documentedMetersAreThoseOfTheServices() throws Exception {
    Document document = Document.read("docs/METRICS.md");
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      KafkaSettings kafka =
          new KafkaSettings(
              Map.of("bootstrap.servers", broker.bootstrapServers()), Topics.defaults());
      createTopics(kafka);
      try (ExtractorService extractor = ExtractorService.start(extractor(kafka));
          InferenceService inference = InferenceService.start(inference(kafka));
          ApiService api = ApiService.start(api(kafka), Optional::empty)) {
        rejectOne(kafka, kafka.topics().audioFiles());
        rejectOne(kafka, kafka.topics().mfcc());
        evaluateSome(kafka);
        String dead = "reprise_dead_letters_total{";
        assertDocumented(document, List.of("Extractor"), extractor.httpPort(), List.of(dead));
        assertDocumented(
            document,
            List.of("Inference", "Evaluation"),
            inference.httpPort(),
            List.of(
                dead,
                "reprise_quality_tempo_octave_mae_bpm{",
                "reference=\"training\",role=\"serving\",window=\"latest\"",
                "reprise_evaluation_window_start_seconds{"));
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.apiPort() + "/v1/status"))
                .build(),
            HttpResponse.BodyHandlers.discarding());
        assertDocumented(
            document,
            List.of("API"),
            api.httpPort(),
            List.of("reprise_http_request_seconds_count{"));
      }
    }
  }

  private void assertDocumented(
      Document document, List<String> sections, int port, List<String> awaited) {
    await()
        .atMost(TIMEOUT)
        .until(() -> scrape(port), text -> awaited.stream().allMatch(text::contains));
    String metrics = scrape(port);
    Set<List<String>> exported =
        TYPE.matcher(metrics)
            .results()
            .map(type -> List.of(type.group(1), type.group(2), labels(type.group(1), metrics)))
            // The recent maximum, which Micrometer adds to every histogram.
            .filter(meter -> !meter.get(0).endsWith("_max"))
            .collect(Collectors.toSet());
    assertThat(
            sections.stream()
                .flatMap(section -> document.rows(section).stream())
                .map(row -> row.subList(0, 3)))
        .containsExactlyInAnyOrderElementsOf(exported);
  }

  /** Returns the labels of a meter, sorted and separated by commas. */
  private static String labels(String meter, String metrics) {
    Set<String> labels =
        metrics
            .lines()
            .filter(line -> line.startsWith(meter))
            .flatMap(line -> LABEL.matcher(line).results())
            .map((MatchResult label) -> label.group(1))
            .filter(label -> !label.equals("le"))
            .collect(Collectors.toCollection(TreeSet::new));
    return String.join(", ", labels);
  }

  private String scrape(int port) {
    URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
    try {
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void createTopics(KafkaSettings kafka) throws Exception {
    try (Admin admin = Admin.create(kafka.overriding(Map.of()))) {
      admin
          .createTopics(
              kafka.topics().specs().stream()
                  .map(spec -> new NewTopic(spec.name(), 1, (short) 1).configs(spec.configs()))
                  .toList())
          .all()
          .get();
    }
  }

  private static void rejectOne(KafkaSettings kafka, String topic) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            kafka.overriding(Map.of()), new StringSerializer(), new ByteArraySerializer())) {
      byte[] nonsense = "nonsense".getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, "2", nonsense)).get();
    }
  }

  /** Sends predictions and truth on two days, as many as the configured minimum on each. */
  private static void evaluateSome(KafkaSettings kafka) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            kafka.overriding(Map.of()), new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < 4; i++) {
        AudioFeatures features =
            Feature.toRecord(new double[] {.1 * i, .2, .3, .4, .1, .1, 90 + i, .5});
        Prediction prediction =
            Prediction.newBuilder()
                .setEventTime(Timestamps.fromSeconds(Duration.ofDays(20_000 + i / 2).toSeconds()))
                .setFeatures(features)
                .setBaseline(features)
                .setDurationSeconds(30)
                .setInputs(
                    InputStatistics.newBuilder()
                        .setLoudness(-10)
                        .setMfcc1(100)
                        .setMfcc2(0)
                        .setMfcc3(20)
                        .setMfcc4(i))
                .setModel(Model.newBuilder().setName("echonest-cnn").setVersion("0.2.0"))
                .build();
        Truth truth = Truth.newBuilder().setAudioFeatures(features).build();
        String key = Integer.toString(i);
        String predictions = kafka.topics().predictions();
        producer.send(new ProducerRecord<>(predictions, key, Json.bytes(prediction))).get();
        producer.send(new ProducerRecord<>(kafka.topics().truth(), key, Json.bytes(truth))).get();
      }
    }
  }

  private ExtractorConfig extractor(KafkaSettings kafka) {
    return new ExtractorConfig(
        kafka,
        "reprise-extractor",
        1,
        folder.resolve("extractor"),
        SourceLimits.defaults(),
        ObjectTrackIdRule.PATH,
        new DecoderConfig(
            new DecodeLimits(Duration.ofMinutes(1), Duration.ofMinutes(1), 2, 0.1),
            Duration.ofMinutes(1),
            1L << 30),
        Optional.empty(),
        ExtractorConfig.DEFAULT_SPOOL_RETENTION,
        EndpointsConfig.local());
  }

  private ApiConfig api(KafkaSettings kafka) {
    return new ApiConfig(
        kafka,
        "reprise-api",
        folder.resolve("api"),
        "127.0.0.1",
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        ApiConfig.DEFAULT_MAX_EVENT_READERS,
        ApiConfig.DEFAULT_UPLOAD_MEMORY,
        Optional.empty(),
        ApiConfig.DEFAULT_MAX_UPLOAD_BYTES,
        ApiConfig.DEFAULT_MAX_SPOOL_BYTES,
        EndpointsConfig.local(),
        "test");
  }

  private InferenceConfig inference(KafkaSettings kafka) {
    return new InferenceConfig(
        kafka,
        "reprise-inference",
        1,
        folder.resolve("inference"),
        Path.of("..", "models"),
        "echonest-cnn",
        Optional.of("echonest-cnn"),
        InferenceConfig.DEFAULT_MODEL_RELOAD_INTERVAL,
        "cpu",
        Optional.of(new WindowConfig(Duration.ofDays(1), Duration.ofDays(400), 2)),
        EndpointsConfig.local());
  }
}
