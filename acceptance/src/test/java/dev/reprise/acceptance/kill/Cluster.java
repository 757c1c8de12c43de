package dev.reprise.acceptance.kill;

import static org.awaitility.Awaitility.await;

import dev.reprise.contract.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker and services, each in its own process. */
final class Cluster implements AutoCloseable {
  static final Topics TOPICS = Topics.defaults();
  static final int PARTITIONS = 4;
  private static final long FIRST_EVENT_MILLIS = 1_767_323_045_000L;

  private final Path folder;
  private final String bootstrapServers;
  private final Map<String, ServiceProcess> processes = new LinkedHashMap<>();

  /** Starts the broker and creates the topics. */
  Cluster(Path folder) throws Exception {
    this.folder = Files.createDirectories(folder);
    int port = freePort();
    this.bootstrapServers = "127.0.0.1:" + port;
    start(
        "broker",
        List.of("broker", "--port", "" + port, "--data-dir", folder.resolve("kafka").toString()));
    createTopics();
  }

  /** Starts a cluster with an extractor and an inference service. */
  static Cluster withServices(Path folder, Path music) throws Exception {
    Cluster cluster = new Cluster(folder);
    cluster.startService("extractor", "--threads", "2", "--allowed-root", music.toString());
    cluster.startInference("inference", 1, "--http-port", "0");
    return cluster;
  }

  /**
   * Starts an inference service.
   *
   * @param name of the instance
   * @param threads number of stream threads
   */
  void startInference(String name, int threads, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(List.of("--threads", "" + threads, "--model-repository"));
    arguments.add(Path.of("..", "models").toAbsolutePath().toString());
    start(name, serviceArguments("inference", name, arguments));
  }

  private void startService(String name, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(List.of("--http-port", "0"));
    start(name, serviceArguments(name, name, arguments));
  }

  private List<String> serviceArguments(String command, String name, List<String> more) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--bootstrap-servers", bootstrapServers));
    arguments.addAll(List.of("--data-dir", folder.resolve("data-" + name).toString()));
    arguments.addAll(more);
    return arguments;
  }

  private void start(String name, List<String> arguments) throws Exception {
    processes.put(name, new ServiceProcess(folder.resolve(name + ".log"), arguments));
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void createTopics() throws Exception {
    List<NewTopic> topics = new ArrayList<>();
    for (Topics.Spec spec : TOPICS.specs()) {
      topics.add(new NewTopic(spec.name(), PARTITIONS, (short) 1).configs(spec.configs()));
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createTopics(topics).all().get();
    }
  }

  /** Kills a process and starts it again. */
  void kill(String name) throws Exception {
    process(name).killAndRestart();
  }

  /** Kills one of the extractor's decoders, if any is running. */
  void killDecoder() {
    process("extractor").killDecoder();
  }

  /** Starts the processes again that have exited by themselves. */
  void restartExited() throws Exception {
    for (ServiceProcess process : processes.values()) {
      process.restartIfExited();
    }
  }

  private ServiceProcess process(String name) {
    ServiceProcess process = processes.get(name);
    if (process == null) {
      throw new IllegalArgumentException(name);
    }
    return process;
  }

  /**
   * Sends an event for each file of a range; the same files result in the same records and offsets.
   *
   * @param from first index
   * @param to index after the last
   */
  void submit(List<Path> files, int from, int to) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (int i = from; i < to; i++) {
        Path file = files.get(i);
        byte[] event = ("{\"uri\":\"" + file.toUri() + "\"}").getBytes(StandardCharsets.UTF_8);
        String key = file.getFileName().toString();
        byte[] time =
            Instant.ofEpochMilli(FIRST_EVENT_MILLIS + i)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        ProducerRecord<String, byte[]> record =
            new ProducerRecord<>(TOPICS.audioFiles(), key, event);
        record.headers().add("ce_time", time);
        producer.send(record).get();
      }
    }
  }

  /** Returns a consumer at the beginning of all partitions of a topic. */
  KafkaConsumer<String, byte[]> reader(String topic, String isolationLevel) {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "isolation.level", isolationLevel),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      partitions.add(new TopicPartition(topic, partition));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  /**
   * Returns all committed records of a topic, once no transaction is open there: the end of a
   * transaction is written to one partition after the other, so that records visible in one topic
   * may still be missing in the next.
   */
  List<String> committed(String topic, RecordText text) {
    List<String> records = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> reader = reader(topic, "read_committed");
        KafkaConsumer<String, byte[]> written = reader(topic, "read_uncommitted")) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () -> {
                reader
                    .poll(Duration.ofMillis(200))
                    .forEach(record -> records.add(record.key() + " " + text.of(record.value())));
                return written.endOffsets(written.assignment()).entrySet().stream()
                    .allMatch(end -> reader.position(end.getKey()) >= end.getValue());
              });
    }
    records.sort(null);
    return records;
  }

  /** Formats the part of a record that is compared. */
  interface RecordText {
    String of(byte[] value);
  }

  @Override
  public void close() throws Exception {
    List<ServiceProcess> started = new ArrayList<>(processes.values());
    // The broker was started first, and the services need it for a clean shutdown.
    Collections.reverse(started);
    for (ServiceProcess process : started) {
      process.close();
    }
  }
}
