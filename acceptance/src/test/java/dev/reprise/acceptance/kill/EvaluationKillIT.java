package dev.reprise.acceptance.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Json;
import dev.reprise.contract.v1.AudioFeatures;
import dev.reprise.contract.v1.InputStatistics;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.contract.v1.Truth;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances of the inference service, each in its own process: after one is killed and
 * restarted, their combined metrics must equal those of an undisturbed run in which the records
 * arrived in a different order and on different partitions.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@Tag("slow")
class EvaluationKillIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final Instant FIRST_EVENT = Instant.parse("2026-01-02T03:04:05Z");
  private static final int TRACKS = 240;
  private static final Pattern SERIES =
      Pattern.compile(
          "reprise_(quality|drift|input|truth_(coverage|lag)|evaluation_(?!refused))[a-z0-9_]*\\{");

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aKillChangesNoMetric() throws Exception {
    List<Sent> records = records();
    Evaluation undisturbed = runUndisturbed(records);
    assertThat(undisturbed.gauges()).hasSizeGreaterThan(500);
    assertThat(undisturbed.qualities()).hasSizeGreaterThan(TRACKS / 2);
    assertAgreesWithTheRecords(undisturbed.gauges(), records);
    Collections.shuffle(records, new Random(3));
    assertSameAfterAKill(records, undisturbed);
    System.out.printf(
        "%d gauges and %d track errors, equal%n",
        undisturbed.gauges().size(), undisturbed.qualities().size());
  }

  /** The result of a run: gauges by series, the last errors by track and model. */
  private record Evaluation(Map<String, Double> gauges, Map<String, TrackQuality> qualities) {}

  private record Sent(String topic, String key, byte @Nullable [] value, Instant time) {}

  /**
   * Returns predictions of an old model and, for the second half, of its successor. Most have
   * truth, sent before or after them; some are corrected, repeated or withdrawn.
   */
  private static List<Sent> records() {
    Random random = new Random(11);
    List<Sent> records = new ArrayList<>();
    for (int i = 0; i < TRACKS; i++) {
      String id = Integer.toString(i);
      Instant event = FIRST_EVENT.plus(Duration.ofMinutes(20L * i));
      String version = i < TRACKS / 2 ? "1.0.0" : "2.0.0";
      Prediction prediction = prediction(random, id, version, event);
      records.add(sent(prediction));
      if (i % 6 == 0) {
        records.add(sent(prediction));
      }
      if (i % 5 == 0) {
        records.add(sent(prediction(random, id, "2.0.0", event.plus(Duration.ofDays(1)))));
      }
      if (i % 8 != 0) {
        records.add(sent(truth(random), id, event.minusSeconds(60)));
      }
      if (i % 9 == 0) {
        records.add(sent(truth(random), id, event.plusSeconds(600)));
      }
      if (i % 24 == 0) {
        Instant later = event.plus(Duration.ofDays(2));
        records.add(new Sent(Cluster.TOPICS.predictions(), id, null, later));
      }
    }
    return records;
  }

  private static Prediction prediction(Random random, String id, String version, Instant event) {
    double[] values = random.doubles(8).toArray();
    values[Feature.TEMPO.ordinal()] = 60 + 120 * random.nextDouble();
    return Prediction.newBuilder()
        .setTrackId(id)
        .setExtractionId("events-0-" + id + event.getEpochSecond())
        .setEventTime(Timestamps.fromMillis(event.toEpochMilli()))
        .setDurationSeconds(30 + random.nextInt(300))
        .setFeatures(Feature.toRecord(values))
        .setBaseline(Feature.toRecord(new double[] {.5, .5, .5, .5, .2, .1, 120, .4}))
        .setInputs(
            InputStatistics.newBuilder()
                .setLoudness(-30 * random.nextDouble())
                .setMfcc1(200 * random.nextDouble())
                .setMfcc2(50 * random.nextDouble())
                .setMfcc3(50 * random.nextDouble())
                .setMfcc4(50 * random.nextDouble()))
        .setModel(Model.newBuilder().setName("cnn").setVersion(version))
        .build();
  }

  private static Sent sent(Prediction prediction) {
    Instant event = Instant.ofEpochMilli(Timestamps.toMillis(prediction.getEventTime()));
    return new Sent(
        Cluster.TOPICS.predictions(), prediction.getTrackId(), Json.bytes(prediction), event);
  }

  private static Truth truth(Random random) {
    double[] values = random.doubles(8).toArray();
    values[Feature.TEMPO.ordinal()] = 60 + 120 * random.nextDouble();
    return Truth.newBuilder().setAudioFeatures(Feature.toRecord(values)).build();
  }

  private static Sent sent(Truth truth, String id, Instant time) {
    return new Sent(Cluster.TOPICS.truth(), id, Json.bytes(truth), time);
  }

  private Evaluation runUndisturbed(List<Sent> records) throws Exception {
    try (Cluster cluster = new Cluster(folder.resolve("undisturbed"))) {
      List<Integer> ports = startInstances(cluster);
      send(cluster, records);
      await()
          .atMost(TIMEOUT)
          .untilAsserted(() -> assertAgreesWithTheRecords(gauges(ports), records));
      // The input gauges have no count to wait for.
      List<Map<String, Double>> last = new ArrayList<>(List.of(Map.of()));
      await()
          .atMost(TIMEOUT)
          .pollInterval(Duration.ofSeconds(3))
          .until(() -> gauges(ports).equals(last.set(0, gauges(ports))));
      return new Evaluation(last.get(0), qualities(cluster));
    }
  }

  private void assertSameAfterAKill(List<Sent> records, Evaluation expected) throws Exception {
    try (Cluster cluster = new Cluster(folder.resolve("disturbed"))) {
      List<Integer> ports = startInstances(cluster);
      send(cluster, records.subList(0, records.size() / 3));
      await().atMost(TIMEOUT).until(() -> !gauges(ports).isEmpty());
      send(cluster, records.subList(records.size() / 3, records.size() / 2));
      cluster.kill("inference-0");
      send(cluster, records.subList(records.size() / 2, records.size()));
      await()
          .atMost(TIMEOUT)
          .untilAsserted(() -> assertThat(gauges(ports)).isEqualTo(expected.gauges()));
      assertThat(qualities(cluster)).isEqualTo(expected.qualities());
    }
  }

  private List<Integer> startInstances(Cluster cluster) throws Exception {
    List<Integer> ports = List.of(Cluster.freePort(), Cluster.freePort());
    for (int i = 0; i < ports.size(); i++) {
      cluster.startInference(
          "inference-" + i, 2, "--http-port", "" + ports.get(i), "--evaluation-minimum", "20");
    }
    await()
        .atMost(TIMEOUT)
        .until(() -> ports.stream().allMatch(port -> get(port, "/health/ready").equals("ok\n")));
    return ports;
  }

  /** Sends the records to random partitions. */
  private static void send(Cluster cluster, List<Sent> records) throws Exception {
    Random partitions = new Random(records.size());
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (Sent sent : records) {
        int partition = partitions.nextInt(Cluster.PARTITIONS);
        long time = sent.time().toEpochMilli();
        producer
            .send(new ProducerRecord<>(sent.topic(), partition, time, sent.key(), sent.value()))
            .get();
      }
    }
  }

  /** Returns the evaluation's gauges of all instances; marks a series that two of them export. */
  private Map<String, Double> gauges(List<Integer> ports) {
    Map<String, Double> gauges = new TreeMap<>();
    for (int port : ports) {
      get(port, "/metrics")
          .lines()
          .filter(line -> SERIES.matcher(line).lookingAt())
          .forEach(
              line -> {
                int end = line.lastIndexOf(' ');
                double value = Double.parseDouble(line.substring(end + 1));
                if (gauges.put(line.substring(0, end), value) != null) {
                  gauges.put("exported twice: " + line.substring(0, end), value);
                }
              });
    }
    return gauges;
  }

  /** Returns the body of a response; empty while the server is down. */
  private String get(int port, String path) {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    try {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Map<String, TrackQuality> qualities(Cluster cluster) throws Exception {
    Map<String, TrackQuality> last = new TreeMap<>();
    try (KafkaConsumer<String, byte[]> reader =
            cluster.reader(Cluster.TOPICS.quality(), "read_committed");
        KafkaConsumer<String, byte[]> written =
            cluster.reader(Cluster.TOPICS.quality(), "read_uncommitted")) {
      await()
          .atMost(TIMEOUT)
          .until(
              () -> {
                for (ConsumerRecord<String, byte[]> record : reader.poll(Duration.ofMillis(200))) {
                  TrackQuality.Builder quality = TrackQuality.newBuilder();
                  Json.parse(record.value(), quality);
                  last.put(quality.getTrackId() + " " + quality.getModel(), quality.build());
                }
                return written.endOffsets(written.assignment()).entrySet().stream()
                    .allMatch(end -> reader.position(end.getKey()) >= end.getValue());
              });
    }
    last.values().removeIf(TrackQuality::getWithdrawn);
    return last;
  }

  /** Compares pairs and mean absolute errors with those computed directly from the records. */
  private static void assertAgreesWithTheRecords(Map<String, Double> gauges, List<Sent> records)
      throws Exception {
    Map<String, Prediction> predictions = new TreeMap<>();
    Map<String, Sent> truths = new TreeMap<>();
    for (Sent sent : records) {
      if (sent.topic().equals(Cluster.TOPICS.truth())) {
        truths.merge(sent.key(), sent, (a, b) -> a.time().isAfter(b.time()) ? a : b);
      } else if (sent.value() != null) {
        Prediction.Builder prediction = Prediction.newBuilder();
        Json.parse(sent.value(), prediction);
        predictions.merge(
            sent.key() + " " + prediction.getModel().getVersion(),
            prediction.build(),
            (a, b) -> Timestamps.compare(a.getEventTime(), b.getEventTime()) > 0 ? a : b);
      }
    }
    // Withdrawals come after every event of their track.
    records.stream()
        .filter(sent -> sent.value() == null)
        .forEach(sent -> predictions.keySet().removeIf(it -> it.startsWith(sent.key() + " ")));
    for (Feature feature : Feature.values()) {
      for (String version : List.of("1.0.0", "2.0.0")) {
        List<Double> errors = new ArrayList<>();
        for (Prediction prediction : predictions.values()) {
          Sent sent = truths.get(prediction.getTrackId());
          if (sent != null && prediction.getModel().getVersion().equals(version)) {
            Truth.Builder truth = Truth.newBuilder();
            Json.parse(Objects.requireNonNull(sent.value()), truth);
            double error =
                value(prediction.getFeatures(), feature) - value(truth.getAudioFeatures(), feature);
            errors.add(Math.abs(error));
          }
        }
        String labels =
            "{feature=\"%s\",model_version=\"cnn@%s\",role=\"serving\",window=\"all\"}"
                .formatted(feature.label(), version);
        assertThat(gauges).containsEntry("reprise_quality_pairs" + labels, (double) errors.size());
        assertThat(gauges.get("reprise_quality_mae" + labels))
            .isCloseTo(
                errors.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
                within(1e-9));
      }
    }
  }

  private static double value(AudioFeatures features, Feature feature) {
    return (Double)
        features.getField(AudioFeatures.getDescriptor().findFieldByName(feature.label()));
  }
}
