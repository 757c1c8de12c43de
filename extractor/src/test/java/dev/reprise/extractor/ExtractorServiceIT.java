package dev.reprise.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.event.ObjectTrackIdRule;
import dev.reprise.extractor.pool.DecoderConfig;
import dev.reprise.extractor.source.AllowedBucket;
import dev.reprise.extractor.source.S3Config;
import dev.reprise.extractor.source.S3Server;
import dev.reprise.extractor.source.SourceLimits;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.DeadLetters;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import dev.reprise.spool.S3Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The extractor against a real broker. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ExtractorServiceIT {
  private static final Topics TOPICS = Topics.defaults();
  private static final Duration HOLD = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  @TempDir Path folder;

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final AtomicInteger fetches = new AtomicInteger();
  private EmbeddedBroker broker;
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      List<NewTopic> topics = new ArrayList<>();
      for (Topics.Spec spec : TOPICS.specs()) {
        topics.add(new NewTopic(spec.name(), 1, (short) 1).configs(spec.configs()));
      }
      admin.createTopics(topics).all().get();
    }
    byte[] song = WavFiles.tone(22_050, 2);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    server.createContext(
        "/held",
        exchange -> {
          fetches.incrementAndGet();
          CompletableFuture.delayedExecutor(HOLD.toMillis(), TimeUnit.MILLISECONDS)
              .execute(
                  () -> {
                    try (exchange) {
                      exchange.sendResponseHeaders(200, song.length);
                      exchange.getResponseBody().write(song);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
        });
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop(0);
    executor.shutdownNow();
    broker.close();
  }

  /**
   * The hold is three times Kafka Streams' default transaction timeout, after which an open
   * transaction would be aborted and the event retried.
   */
  @Test
  @Tag("slow")
  void anEventHeldFor30SecondsAndItsNeighboursAreCommittedOnce() throws Exception {
    try (KafkaProducer<String, byte[]> producer = producer();
        ExtractorService service = ExtractorService.start(config())) {
      send(producer, "before", WavFiles.tone(22_050, 2), "content-type", "audio/wav");
      String uri = "http://127.0.0.1:" + server.getAddress().getPort() + "/held";
      send(producer, "held", utf8("{\"uri\":\"" + uri + "\"}"));
      send(producer, "after", WavFiles.tone(22_050, 2), "content-type", "audio/wav");
      try (KafkaConsumer<String, byte[]> mfcc = consumer(TOPICS.mfcc(), "read_committed")) {
        List<String> committed = new ArrayList<>();
        await()
            .atMost(TIMEOUT)
            .until(
                () -> {
                  for (ConsumerRecord<String, byte[]> record : mfcc.poll(Duration.ofMillis(100))) {
                    committed.add(
                        record.key() + " " + MfccRecord.parseFrom(record.value()).getBodyCase());
                  }
                  return committed.size() >= 6;
                });
        assertThat(committed)
            .containsExactly(
                "before CLIP",
                "before COMPLETE",
                "held CLIP",
                "held COMPLETE",
                "after CLIP",
                "after COMPLETE");
      }
      assertThat(fetches.get()).isEqualTo(1);
      assertThat(metrics(service)).contains("reprise_extraction_delays_total 1.0");
    }
    // An aborted attempt would be in the log, visible to consumers that read uncommitted records.
    try (KafkaConsumer<String, byte[]> all = consumer(TOPICS.mfcc(), "read_uncommitted")) {
      AtomicInteger records = new AtomicInteger();
      await()
          .until(
              () -> {
                records.addAndGet(all.poll(Duration.ofMillis(200)).count());
                TopicPartition partition = new TopicPartition(TOPICS.mfcc(), 0);
                return all.endOffsets(List.of(partition)).containsValue(all.position(partition));
              });
      assertThat(records.get()).isEqualTo(6);
    }
  }

  @Test
  void aRejectedEventAtTheSizeLimitIsADeadLetterAndTheStreamContinues() throws Exception {
    byte[] largest = new byte[Topics.MAX_EVENT_BYTES - 200];
    new Random(7).nextBytes(largest);
    byte[] large = Arrays.copyOf(largest, Topics.MAX_EVENT_BYTES - 100_000);
    try (KafkaProducer<String, byte[]> producer = producer();
        ExtractorService service = ExtractorService.start(config());
        KafkaConsumer<String, byte[]> deadLetters =
            consumer(TOPICS.deadLetters(), "read_committed");
        KafkaConsumer<String, byte[]> mfcc = consumer(TOPICS.mfcc(), "read_committed")) {
      send(producer, "largest", largest, "content-type", "audio/mpeg");
      send(producer, "large", large, "content-type", "audio/mpeg");
      send(producer, "good", WavFiles.tone(22_050, 2), "content-type", "audio/wav");
      List<ConsumerRecord<String, byte[]>> rejected = read(deadLetters, 2);
      assertThat(utf8(rejected.get(0).value()))
          .isEqualTo("{\"topic\":\"reprise.audio-files.v1\",\"partition\":0,\"offset\":\"0\"}");
      assertThat(header(rejected.get(0), DeadLetters.REASON)).isEqualTo("unknown-format");
      assertThat(header(rejected.get(0), "content-type")).isEqualTo("audio/mpeg");
      assertThat(rejected.get(1).value()).isEqualTo(large);
      List<String> keys = new ArrayList<>();
      read(mfcc, 4).forEach(record -> keys.add(record.key()));
      assertThat(keys).containsExactly("largest", "large", "good", "good");
      assertThat(metrics(service))
          .contains("reprise_events_total{outcome=\"completed\"} 1.0")
          .contains("reprise_events_total{outcome=\"failed\"} 2.0")
          .contains("reprise_dead_letters_total{reason=\"unknown-format\",stage=\"decode\"} 2.0")
          .contains("reprise_decode_seconds_count 1")
          .contains("kafka_consumer_");
    }
  }

  @Test
  void notificationsOfABucketAreAudioEvents() throws Exception {
    System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", S3Server.SECRET_KEY);
    try (S3Server store = S3Server.start();
        KafkaProducer<String, byte[]> producer = producer();
        ExtractorService service = ExtractorService.start(config(store.config("music")));
        KafkaConsumer<String, byte[]> mfcc = consumer(TOPICS.mfcc(), "read_committed")) {
      store.createBucket("music");
      store.put("music", "a b.wav", WavFiles.tone(22_050, 2));
      send(producer, "music/a b.wav", notification("s3:ObjectCreated:Put", "a+b.wav"));
      send(producer, "music/a b.wav", notification("s3:ObjectAccessed:Get", "a+b.wav"));
      send(producer, "music/a b.wav", notification("s3:ObjectRemoved:Delete", "a+b.wav"));
      List<String> records = new ArrayList<>();
      for (ConsumerRecord<String, byte[]> record : read(mfcc, 3)) {
        records.add(record.key() + " " + MfccRecord.parseFrom(record.value()).getBodyCase());
      }
      assertThat(records)
          .containsExactly(
              "music/a b.wav CLIP", "music/a b.wav COMPLETE", "music/a b.wav WITHDRAWN");
      assertThat(metrics(service))
          .contains("reprise_events_total{outcome=\"completed\"} 1.0")
          .contains("reprise_events_total{outcome=\"ignored\"} 1.0")
          .contains("reprise_events_total{outcome=\"withdrawn\"} 1.0");
    } finally {
      System.clearProperty("aws.accessKeyId");
      System.clearProperty("aws.secretAccessKey");
    }
  }

  @Test
  void doesNotStartWithoutCredentialsForItsBuckets() {
    System.setProperty("aws.ec2MetadataServiceDisabled", "true");
    S3Config aws =
        new S3Config(
            List.of(AllowedBucket.parse("music")),
            new S3Store(Optional.empty(), Optional.of("eu-central-1"), false, false));
    try {
      assertThatThrownBy(() -> ExtractorService.start(config(aws)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("--allowed-bucket is given, but the object store cannot be used");
    } finally {
      System.clearProperty("aws.ec2MetadataServiceDisabled");
    }
  }

  private static byte[] notification(String event, String key) {
    return utf8(
        """
        {"EventName":"%1$s","Key":"music/a b.wav","Records":[{"eventSource":"minio:s3",
          "eventTime":"2026-01-02T03:04:05.678Z","eventName":"%1$s",
          "s3":{"bucket":{"name":"music"},"object":{"key":"%2$s"}}}]}
        """
            .formatted(event, key));
  }

  @Test
  @Tag("slow")
  void reportsItsReadiness() throws Exception {
    try (ExtractorService service = ExtractorService.start(config())) {
      await().atMost(TIMEOUT).until(() -> get(service, "/health/ready").statusCode() == 200);
      assertThat(get(service, "/health/live").body()).isEqualTo("ok\n");
      broker.close();
      await().atMost(TIMEOUT).until(() -> get(service, "/health/ready").statusCode() == 503);
      assertThat(get(service, "/health/ready").body()).contains("cluster is not responding");
      assertThat(get(service, "/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void rejectsADataDirectoryInUse() throws Exception {
    try (ExtractorService service = ExtractorService.start(config())) {
      assertThatThrownBy(() -> ExtractorService.start(config()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("in use by another instance");
      assertThat(service.httpPort()).isPositive();
    }
  }

  @Test
  void rejectsTimesBeyondKafkasPollInterval() {
    assertThatThrownBy(() -> ExtractorService.start(config(Duration.ofDays(30))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--max-fetch-time and --max-decode-time are 30 days together");
  }

  private ExtractorConfig config() {
    return config(Duration.ofMinutes(2));
  }

  private ExtractorConfig config(Duration maxDecodeTime) {
    return config(maxDecodeTime, S3Config.none());
  }

  private ExtractorConfig config(S3Config s3) {
    return config(Duration.ofMinutes(2), s3);
  }

  private ExtractorConfig config(Duration maxDecodeTime, S3Config s3) {
    return new ExtractorConfig(
        new KafkaSettings(Map.of("bootstrap.servers", broker.bootstrapServers()), TOPICS),
        "extractor-test",
        1,
        folder.resolve("data"),
        new SourceLimits(List.of(), List.of("127.0.0.1"), 1 << 20, Duration.ofSeconds(60), s3),
        ObjectTrackIdRule.PATH,
        new DecoderConfig(
            new DecodeLimits(Duration.ofHours(1), maxDecodeTime, 8, 0.1),
            Duration.ofMinutes(2),
            1L << 30),
        Optional.empty(),
        ExtractorConfig.DEFAULT_SPOOL_RETENTION,
        EndpointsConfig.local());
  }

  private static void send(
      KafkaProducer<String, byte[]> producer, String key, byte[] value, String... headers)
      throws Exception {
    RecordHeaders all = new RecordHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      all.add(headers[i], utf8(headers[i + 1]));
    }
    producer.send(new ProducerRecord<>(TOPICS.audioFiles(), null, key, value, all)).get();
  }

  private static List<ConsumerRecord<String, byte[]>> read(
      KafkaConsumer<String, byte[]> consumer, int count) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              consumer.poll(Duration.ofMillis(100)).forEach(records::add);
              return records.size() >= count;
            });
    assertThat(records).hasSize(count);
    return records;
  }

  private KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "max.request.size",
            Topics.MAX_EVENT_BYTES),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private KafkaConsumer<String, byte[]> consumer(String topic, String isolation) {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", isolation),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  private static String metrics(ExtractorService service) throws Exception {
    return get(service, "/metrics").body();
  }

  private static HttpResponse<String> get(ExtractorService service, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.httpPort() + path))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    return utf8(record.headers().lastHeader(name).value());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
