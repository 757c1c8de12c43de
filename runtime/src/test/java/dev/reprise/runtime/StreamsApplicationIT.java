package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a small application on a broker that checks retention twice a second. */
class StreamsApplicationIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(3);
  private static final TopicPartition INPUT = new TopicPartition("input", 0);
  private static final TopicPartition CONTROL = new TopicPartition("control", 0);
  private static final Instant FIVE_YEARS_AGO = Instant.now().minus(Duration.ofDays(5 * 365));

  @TempDir Path folder;

  private final Queue<String> processed = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean failed = new AtomicBoolean();
  private final CountDownLatch release = new CountDownLatch(1);
  private SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private EmbeddedBroker broker;
  private Admin admin;
  private KafkaProducer<String, String> producer;

  @BeforeEach
  void start() throws Exception {
    broker =
        EmbeddedBroker.builder()
            .dataDirectory(folder.resolve("broker"))
            .setting("log.retention.check.interval.ms", "500")
            .setting("log.initial.task.delay.ms", "500")
            .start();
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    admin = Admin.create(settings);
    producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    producer.close();
    admin.close();
    broker.close();
  }

  @Test
  void recordsExpiredWhileStoppedAreCountedOnce() throws Exception {
    create("input", "retention.ms", "1500", "message.timestamp.type", "LogAppendTime");
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      produce(3, Instant.now());
      await().atMost(TIMEOUT).until(() -> processed.size() == 3);
      assertThat(service.liveness()).isEqualTo(Health.UP);
    }
    produce(50, Instant.now());
    await().atMost(TIMEOUT).until(() -> begin(INPUT) == end(INPUT));
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      await().atMost(TIMEOUT).until(() -> expired() > 0);
      assertThat(expired()).isEqualTo(50);
      produce(1, Instant.now());
      await().atMost(TIMEOUT).until(() -> processed.size() == 4);
      assertThat(expired()).isEqualTo(50);
      assertThat(service.liveness()).isEqualTo(Health.UP);
    }
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      produce(1, Instant.now());
      await().atMost(TIMEOUT).until(() -> processed.size() == 5);
      assertThat(expired()).isZero();
      assertThat(service.liveness()).isEqualTo(Health.UP);
    }
  }

  @Test
  void restartWithoutNewRecordsCountsNothingAgain() throws Exception {
    create("input", "retention.ms", "1500", "message.timestamp.type", "LogAppendTime");
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      produce(1, Instant.now());
      await().atMost(TIMEOUT).until(() -> processed.size() == 1);
      service.awaitRunning(TIMEOUT);
    }
    produce(7, Instant.now());
    await().atMost(TIMEOUT).until(() -> begin(INPUT) == end(INPUT));
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      await().atMost(TIMEOUT).until(() -> expired() == 7);
      service.awaitRunning(TIMEOUT);
    }
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      service.awaitRunning(TIMEOUT);
      produce(1, Instant.now());
      await().atMost(TIMEOUT).until(() -> processed.size() == 2);
      assertThat(expired()).isZero();
    }
  }

  @Test
  void expiredRecordsOfANeverReadPartitionAreCounted() throws Exception {
    create("input", "retention.ms", "1500", "message.timestamp.type", "LogAppendTime");
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      service.awaitRunning(TIMEOUT);
      await()
          .atMost(TIMEOUT)
          .until(
              () ->
                  admin
                      .listConsumerGroupOffsets("reader")
                      .partitionsToOffsetAndMetadata()
                      .get()
                      .containsKey(INPUT));
    }
    produce(9, Instant.now());
    await().atMost(TIMEOUT).until(() -> begin(INPUT) == end(INPUT));
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      await().atMost(TIMEOUT).until(() -> expired() == 9);
      assertThat(service.liveness()).isEqualTo(Health.UP);
    }
  }

  @Test
  void recordsExpiredWhileARunningReaderLagsAreCounted() throws Exception {
    create("input", "retention.ms", "-1", "message.timestamp.type", "LogAppendTime");
    try (StreamsApplication service = application(Duration.ofMinutes(5))) {
      produce(1, Instant.now());
      await().atMost(TIMEOUT).until(() -> processed.size() == 1);
      producer.send(new ProducerRecord<>("input", 0, "key", "hang")).get();
      produce(40, Instant.now());
      // Each record is either deleted while the thread hangs, or was fetched before.
      admin.deleteRecords(Map.of(INPUT, RecordsToDelete.beforeOffset(32))).all().get();
      release.countDown();
      await().atMost(TIMEOUT).until(() -> processed.size() + expired() == 42);
      assertThat(service.liveness()).isEqualTo(Health.UP);
    }
  }

  /**
   * The control topic deletes by event time, which proves that the broker has checked retention.
   */
  @Test
  void oldRecordsAreRetainedByAppendTime() throws Exception {
    Topics.Spec audioFiles = Topics.defaults().specs().get(0);
    admin
        .createTopics(List.of(new NewTopic("input", 1, (short) 1).configs(audioFiles.configs())))
        .all()
        .get();
    create("control", "retention.ms", "604800000");
    produce(588, FIVE_YEARS_AGO);
    producer
        .send(new ProducerRecord<>("control", 0, FIVE_YEARS_AGO.toEpochMilli(), "k", "v"))
        .get();
    await().atMost(TIMEOUT).until(() -> begin(CONTROL) == 1);
    assertThat(begin(INPUT)).isZero();
    try (StreamsApplication service = application(Duration.ofMinutes(5))) {
      await().atMost(TIMEOUT).until(() -> processed.size() == 588);
      assertThat(expired()).isZero();
      assertThat(service.readiness()).isEqualTo(Health.UP);
    }
  }

  @Test
  void aTopicThatDeletesByEventTimeIsReported() throws Exception {
    create("input", "retention.ms", "604800000");
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      await()
          .atMost(TIMEOUT)
          .until(
              () ->
                  service
                      .readiness()
                      .reason()
                      .contains("input would delete records with old timestamps"));
    }
  }

  @Test
  void aHangingThreadIsNotLive() throws Exception {
    create("input", "retention.ms", "-1");
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      produce(1, Instant.now());
      await().atMost(TIMEOUT).until(() -> processed.size() == 1);
      // An idle thread is not stalled.
      await()
          .during(MAX_POLL_INTERVAL.plusSeconds(1))
          .atMost(TIMEOUT)
          .until(() -> service.liveness().isUp());
      producer.send(new ProducerRecord<>("input", 0, "key", "hang")).get();
      await().atMost(TIMEOUT).until(() -> service.liveness().reason().startsWith("Stalled"));
      assertThat(registry.get("reprise.stream.wait").timeGauge().value())
          .isGreaterThan(registry.get("reprise.stream.wait.limit").timeGauge().value());
      release.countDown();
      await().atMost(TIMEOUT).until(() -> service.liveness().isUp());
    }
  }

  @Test
  void aReplacedThreadIsNoLongerTracked() throws Exception {
    create("input", "retention.ms", "-1");
    try (StreamsApplication service = application(MAX_POLL_INTERVAL)) {
      producer.send(new ProducerRecord<>("input", 0, "key", "fail")).get();
      await().atMost(TIMEOUT).until(() -> processed.contains("fail"));
      await()
          .during(MAX_POLL_INTERVAL.plusSeconds(2))
          .atMost(TIMEOUT)
          .until(() -> service.liveness().isUp());
    }
  }

  private StreamsApplication application(Duration maxPollInterval) {
    KafkaSettings kafka =
        new KafkaSettings(
            Map.of("bootstrap.servers", broker.bootstrapServers()), Topics.defaults());
    Properties properties =
        StreamsProperties.exactlyOnce(
            kafka, "reader", 1, folder.resolve("streams"), maxPollInterval, 1 << 20);
    properties.put("max.poll.records", "1");
    registry = new SimpleMeterRegistry();
    var strings = Serdes.String();
    Topology topology =
        new Topology()
            .addSource("in", strings.deserializer(), strings.deserializer(), "input")
            .addProcessor(
                "process",
                () ->
                    new ContextualProcessor<String, String, Void, Void>() {
                      @Override
                      public void process(Record<String, String> record) {
                        hangIfRequested(record.value());
                        failOnceIfRequested(record.value());
                        processed.add(record.value());
                      }
                    },
                "in");
    return StreamsApplication.start(topology, properties, kafka, List.of(), registry);
  }

  private void failOnceIfRequested(String value) {
    if (value.equals("fail") && failed.compareAndSet(false, true)) {
      throw new IllegalStateException("Failure requested.");
    }
  }

  private void hangIfRequested(String value) {
    if (value.equals("hang")) {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private double expired() {
    return registry.get("reprise.records.expired").tag("topic", "input").counter().count();
  }

  private void create(String topic, String... configs) throws Exception {
    Map<String, String> settings = new HashMap<>();
    for (int i = 0; i < configs.length; i += 2) {
      settings.put(configs[i], configs[i + 1]);
    }
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(settings))).all().get();
  }

  private void produce(int count, Instant time) throws Exception {
    for (int i = 0; i < count; i++) {
      producer.send(new ProducerRecord<>("input", 0, time.toEpochMilli(), "key", "record " + i));
    }
    producer.flush();
  }

  private long begin(TopicPartition partition) throws Exception {
    return offset(partition, OffsetSpec.earliest());
  }

  private long end(TopicPartition partition) throws Exception {
    return offset(partition, OffsetSpec.latest());
  }

  private long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
    return admin.listOffsets(Map.of(partition, spec)).partitionResult(partition).get().offset();
  }
}
