package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damages the state of a counting application between two starts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class LocalStateIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String COUNTS = "counts";
  private static final String LOOKUP = "lookup";

  @TempDir Path folder;

  private EmbeddedBroker broker;
  private Admin admin;
  private KafkaProducer<String, String> producer;

  @BeforeAll
  void start() throws Exception {
    broker = EmbeddedBroker.start();
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    admin = Admin.create(settings);
    producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  @AfterAll
  void stop() throws Exception {
    producer.close();
    admin.close();
    broker.close();
  }

  /** Damage that a kill, a disk error or an operator may cause. */
  private record Damage(String name, Predicate<Path> files, Change change) {
    @Override
    public String toString() {
      return name;
    }

    void inflict(Path state) throws IOException {
      List<Path> damaged;
      try (Stream<Path> all = Files.walk(state)) {
        damaged = all.filter(Files::isRegularFile).filter(files).toList();
      }
      assertThat(damaged).as(name).isNotEmpty();
      for (Path file : damaged) {
        change.apply(file);
      }
    }
  }

  private interface Change {
    void apply(Path file) throws IOException;
  }

  static Stream<Damage> damages() {
    Change emptied = file -> Files.write(file, new byte[0]);
    Change zeroed = file -> Files.write(file, new byte[Math.toIntExact(Files.size(file))]);
    Change garbled = file -> Files.write(file, "garbage".getBytes(StandardCharsets.UTF_8));
    return Stream.of(
        new Damage("a table is missing", named(".*\\.sst"), Files::delete),
        new Damage("a table is zeroed", named(".*\\.sst"), zeroed),
        new Damage("CURRENT is empty", named("CURRENT"), emptied),
        new Damage("CURRENT is missing", named("CURRENT"), Files::delete),
        new Damage("the manifest is empty", named("MANIFEST-.*"), emptied),
        new Damage("the manifest is missing", named("MANIFEST-.*"), Files::delete),
        new Damage("all of a store is garbled", path -> path.toString().contains(COUNTS), garbled),
        new Damage(
            "all of a global store is garbled", path -> path.toString().contains(LOOKUP), garbled),
        new Damage("the process id is garbled", named("kafka-streams-process-metadata"), garbled));
  }

  private static Predicate<Path> named(String pattern) {
    return path -> path.getFileName().toString().matches(pattern);
  }

  @ParameterizedTest
  @MethodSource("damages")
  void rebuildsDamagedState(Damage damage) throws Exception {
    String name = damage.name().replace(' ', '-');
    createTopics(name);
    try (StreamsApplication service = application(name)) {
      send(name, 20);
      awaitCount(service, 20);
    }
    damage.inflict(folder.resolve(name));
    try (StreamsApplication service = application(name)) {
      send(name, 3);
      awaitCount(service, 23);
      assertThat(service.liveness()).isEqualTo(Health.UP);
      assertThat(service.readiness()).isEqualTo(Health.UP);
      assertThat(service.stopped()).isNotDone();
    }
    try (StreamsApplication service = application(name)) {
      awaitCount(service, 23);
    }
  }

  private void createTopics(String name) throws Exception {
    Map<String, String> configs = Topics.defaults().specs().get(0).configs();
    admin
        .createTopics(
            List.of(
                new NewTopic(name + "-input", 1, (short) 1).configs(configs),
                new NewTopic(name + "-lookup", 1, (short) 1)
                    .configs(Map.of("cleanup.policy", "compact"))))
        .all()
        .get();
    producer.send(new ProducerRecord<>(name + "-lookup", "key", "value")).get();
  }

  private void send(String name, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      producer.send(new ProducerRecord<>(name + "-input", "key", "value"));
    }
    producer.flush();
  }

  private StreamsApplication application(String name) {
    KafkaSettings kafka =
        new KafkaSettings(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "commit.interval.ms", "100"),
            Topics.defaults());
    Properties properties =
        StreamsProperties.exactlyOnce(
            kafka, name, 1, folder.resolve(name), Duration.ofMinutes(5), 1 << 20);
    return StreamsApplication.start(
        topology(name), properties, kafka, List.of(), new SimpleMeterRegistry());
  }

  private static Topology topology(String name) {
    Consumed<String, String> strings = Consumed.with(Serdes.String(), Serdes.String());
    StreamsBuilder builder = new StreamsBuilder();
    builder.globalTable(name + "-lookup", strings, Materialized.as(LOOKUP));
    builder.stream(name + "-input", strings)
        .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
        .count(Materialized.as(COUNTS));
    return builder.build();
  }

  private static void awaitCount(StreamsApplication service, long expected) {
    await()
        .atMost(TIMEOUT)
        .ignoreExceptionsInstanceOf(InvalidStateStoreException.class)
        .untilAsserted(
            () ->
                assertThat(
                        service
                            .store(COUNTS, 0, QueryableStoreTypes.<String, Long>keyValueStore())
                            .get("key"))
                    .isEqualTo(expected));
  }
}
