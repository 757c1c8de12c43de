package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Topics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stops one of two instances with two stream threads each. The session timeout is longer than the
 * test: the group learns only from the instance itself that it has stopped.
 */
class GroupMembershipIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String GROUP = "readers";
  private static final String INPUT = "input";
  private static final int PARTITIONS = 4;
  private static final int THREADS = 2;

  @TempDir Path folder;

  private EmbeddedBroker broker;
  private Admin admin;
  private KafkaProducer<String, String> producer;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.builder().dataDirectory(folder.resolve("broker")).start();
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    admin = Admin.create(settings);
    producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    admin.createTopics(List.of(new NewTopic(INPUT, PARTITIONS, (short) 1))).all().get();
  }

  @AfterEach
  void stop() throws Exception {
    producer.close();
    admin.close();
    broker.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "consumer.", "main.consumer."})
  void aStaticMemberIsExpectedBack(String prefix) throws Exception {
    String setting = prefix + "group.instance.id";
    try (Instance other = new Instance("other", Map.of(setting, "other"))) {
      try (Instance restarted = new Instance("restarted", Map.of(setting, "restarted"))) {
        awaitMembers("other 1", "other 1", "restarted 1", "restarted 1");
        awaitAllPartitions(other, restarted);
      }
      double rebalances = other.rebalances();
      assertThat(members()).containsExactly("other 1", "other 1", "restarted 1", "restarted 1");

      try (Instance restarted = new Instance("restarted", Map.of(setting, "restarted"))) {
        awaitAllPartitions(other, restarted);
        assertThat(restarted.processed).as("partitions of the instance").hasSize(2);
        assertThat(other.rebalances()).as("rebalances").isEqualTo(rebalances);
      }
    }
  }

  @Test
  void aDynamicMemberIsReplacedAtOnce() throws Exception {
    try (Instance other = new Instance("other", Map.of())) {
      try (Instance stopped = new Instance("stopped", Map.of())) {
        awaitMembers("other 1", "other 1", "stopped 1", "stopped 1");
        awaitAllPartitions(other, stopped);
      }
      awaitMembers("other 2", "other 2");
      awaitAllPartitions(other);
    }
  }

  /** An application instance that records the partitions of what it processes. */
  private final class Instance implements AutoCloseable {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Queue<Integer> processed = new ConcurrentLinkedQueue<>();
    private final StreamsApplication application;

    Instance(String name, Map<String, String> membership) {
      Map<String, String> settings = new HashMap<>(membership);
      settings.put("bootstrap.servers", broker.bootstrapServers());
      settings.put("client.id", name);
      settings.put("session.timeout.ms", "600000");
      KafkaSettings kafka = new KafkaSettings(settings, Topics.defaults());
      Properties properties =
          StreamsProperties.exactlyOnce(
              kafka, GROUP, THREADS, folder.resolve(name), Duration.ofMinutes(5), 1 << 20);
      application = StreamsApplication.start(topology(), properties, kafka, List.of(), registry);
    }

    private Topology topology() {
      var strings = Serdes.String();
      return new Topology()
          .addSource("in", strings.deserializer(), strings.deserializer(), INPUT)
          .addProcessor(
              "process",
              () ->
                  new ContextualProcessor<String, String, Void, Void>() {
                    @Override
                    public void process(Record<String, String> record) {
                      processed.add(context().taskId().partition());
                    }
                  },
              "in");
    }

    double rebalances() {
      return registry.get("kafka.consumer.coordinator.rebalance.total").functionCounters().stream()
          .mapToDouble(FunctionCounter::count)
          .sum();
    }

    @Override
    public void close() {
      application.close();
    }
  }

  /** Returns, for each member of the group, its instance and how many partitions it has. */
  private List<String> members() throws Exception {
    return admin.describeConsumerGroups(List.of(GROUP)).all().get().values().stream()
        .flatMap(group -> group.members().stream())
        .map(GroupMembershipIT::describe)
        .sorted()
        .toList();
  }

  private static String describe(MemberDescription member) {
    String instance = member.clientId().substring(0, member.clientId().indexOf('-'));
    return instance + " " + member.assignment().topicPartitions().size();
  }

  private void awaitMembers(String... expected) {
    await().atMost(TIMEOUT).until(() -> members().equals(List.of(expected)));
  }

  /** Waits until one record of each partition is processed, at any of the instances. */
  private void awaitAllPartitions(Instance... instances) throws Exception {
    for (Instance instance : instances) {
      instance.processed.clear();
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      producer.send(new ProducerRecord<>(INPUT, partition, "key", "value")).get();
    }
    List<Integer> all = IntStream.range(0, PARTITIONS).boxed().toList();
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                List.of(instances).stream()
                    .flatMap(it -> it.processed.stream())
                    .sorted()
                    .toList()
                    .equals(all));
  }
}
