package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StaleTransactionsIT {
  private static final String APPLICATION = "app";

  /** Fencing aborts the transaction, and then begins the next epoch with none. */
  private static final Set<TransactionState> ENDED =
      Set.of(TransactionState.COMPLETE_ABORT, TransactionState.EMPTY);

  private EmbeddedBroker broker;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start();
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    admin
        .createTopics(List.of(new NewTopic("in", 1, (short) 1), new NewTopic("out", 1, (short) 1)))
        .all()
        .get();
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
    broker.close();
  }

  @Test
  void abortsADeadInstancesTransactionAndLeavesTheOthers() throws Exception {
    String dead = APPLICATION + "-" + UUID.randomUUID() + "-1";
    String otherApplication = APPLICATION + "-b-" + UUID.randomUUID() + "-1";
    try (KafkaProducer<String, String> deadProducer = openTransaction(dead);
        KafkaProducer<String, String> otherProducer = openTransaction(otherApplication);
        StaleTransactions watcher = StaleTransactions.watch(admin, APPLICATION)) {
      await().atMost(Duration.ofSeconds(30)).until(() -> ENDED.contains(state(dead)));
      assertThat(state(otherApplication)).isEqualTo(TransactionState.ONGOING);
    }
  }

  @Test
  void leavesALivingInstanceAloneHoweverLongItTakes() throws Exception {
    CountDownLatch swept = new CountDownLatch(1);
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(producerConfig());
        KafkaStreams streams = new KafkaStreams(slowTopology(swept), streamsConfig());
        AutoCloseable beforeStreams = swept::countDown) {
      streams.start();
      producer.send(new ProducerRecord<>("in", "k", "v")).get();
      await().atMost(Duration.ofSeconds(30)).until(() -> ongoing(APPLICATION) == 1);
      String dead = APPLICATION + "-" + UUID.randomUUID() + "-1";
      try (KafkaProducer<String, String> deadProducer = openTransaction(dead);
          StaleTransactions watcher = StaleTransactions.watch(admin, APPLICATION)) {
        await().atMost(Duration.ofSeconds(30)).until(() -> ENDED.contains(state(dead)));
        assertThat(ongoing(APPLICATION)).isEqualTo(1);
      }
      swept.countDown();
      await().atMost(Duration.ofSeconds(30)).until(() -> ongoing(APPLICATION) == 0);
      assertThat(streams.state()).isEqualTo(KafkaStreams.State.RUNNING);
    }
  }

  /** Writes a record, then stays in process() until the latch opens. */
  private static org.apache.kafka.streams.Topology slowTopology(CountDownLatch until) {
    StreamsBuilder builder = new StreamsBuilder();
    var stream = builder.<byte[], byte[]>stream("in");
    stream.to("out");
    stream.foreach(
        (key, value) -> {
          try {
            until.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    return builder.build();
  }

  private Properties streamsConfig() {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(
        StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG,
        "org.apache.kafka.common.serialization.Serdes$ByteArraySerde");
    config.put(
        StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG,
        "org.apache.kafka.common.serialization.Serdes$ByteArraySerde");
    config.put("transaction.timeout.ms", "300000");
    config.put("linger.ms", "0");
    config.put("auto.offset.reset", "earliest");
    return config;
  }

  private KafkaProducer<String, String> openTransaction(String transactionalId) {
    Map<String, Object> config = new java.util.HashMap<>(producerConfig());
    config.put("transactional.id", transactionalId);
    config.put("transaction.timeout.ms", 300_000);
    KafkaProducer<String, String> producer = new KafkaProducer<>(config);
    producer.initTransactions();
    producer.beginTransaction();
    producer.send(new ProducerRecord<>("out", "k", "v"));
    producer.flush();
    return producer;
  }

  private Map<String, Object> producerConfig() {
    return Map.of(
        "bootstrap.servers",
        broker.bootstrapServers(),
        "key.serializer",
        StringSerializer.class,
        "value.serializer",
        StringSerializer.class);
  }

  private TransactionState state(String transactionalId) throws Exception {
    return admin
        .describeTransactions(List.of(transactionalId))
        .description(transactionalId)
        .get()
        .state();
  }

  private long ongoing(String application) throws Exception {
    return admin.listTransactions().all().get().stream()
        .filter(listing -> listing.transactionalId().startsWith(application + "-"))
        .filter(listing -> listing.state() == TransactionState.ONGOING)
        .count();
  }
}
