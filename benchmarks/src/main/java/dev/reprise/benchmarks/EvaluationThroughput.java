package dev.reprise.benchmarks;

import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.InputStatistics;
import dev.reprise.contract.v1.Model;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.Truth;
import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.inference.InferenceConfig;
import dev.reprise.inference.InferenceService;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
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
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Measures predictions per second that the evaluation of one inference service joins with truth and
 * counts, against a consumer alone that reads and parses the same predictions. The truth is written
 * first; a prediction is complete when its error is committed on the quality topic.
 *
 * <p>Arguments: the model repository, the number of predictions.
 */
public final class EvaluationThroughput {
  private static final Topics TOPICS = Topics.defaults();
  private static final int PARTITIONS = 4;
  private static final Duration POLL = Duration.ofMillis(100);

  private final Path repository;
  private final int predictions;

  private EvaluationThroughput(String... args) {
    this.repository = Path.of(args[0]);
    this.predictions = Integer.parseInt(args[1]);
  }

  public static void main(String[] args) throws Exception {
    new EvaluationThroughput(args).run();
  }

  private void run() throws Exception {
    Path folder = Files.createTempDirectory("reprise-throughput");
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      KafkaSettings kafka =
          new KafkaSettings(Map.of("bootstrap.servers", broker.bootstrapServers()), TOPICS);
      produceRecords(kafka);
      double consumed =
          measureConsumer(kafka, TOPICS.predictions(), Prediction.getDefaultInstance());
      double evaluated;
      try (InferenceService service = InferenceService.start(config(kafka, folder))) {
        evaluated = measureConsumer(kafka, TOPICS.quality(), null);
      }
      System.out.printf(
          Locale.ROOT,
          "consuming and parsing alone %9.1f predictions/s%nevaluation %26.1f predictions/s%n"
              + "ratio %31.3f%n",
          consumed,
          evaluated,
          evaluated / consumed);
    } finally {
      Utils.delete(folder.toFile());
    }
  }

  private void produceRecords(KafkaSettings kafka) throws Exception {
    try (Admin admin = Admin.create(kafka.overriding(Map.of()))) {
      admin
          .createTopics(
              TOPICS.specs().stream()
                  .map(it -> new NewTopic(it.name(), PARTITIONS, (short) 1).configs(it.configs()))
                  .toList())
          .all()
          .get();
    }
    Random random = new Random(1);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            kafka.overriding(Map.of("linger.ms", 50)),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < predictions; i++) {
        String key = Integer.toString(i);
        producer.send(new ProducerRecord<>(TOPICS.truth(), key, Json.bytes(truth(random))));
        producer.send(
            new ProducerRecord<>(TOPICS.predictions(), key, Json.bytes(prediction(random, i))));
      }
    }
  }

  private static Truth truth(Random random) {
    return Truth.newBuilder().setAudioFeatures(Feature.toRecord(values(random))).build();
  }

  /** Returns the prediction of one track; event times are a minute apart. */
  private static Prediction prediction(Random random, int i) {
    return Prediction.newBuilder()
        .setTrackId(Integer.toString(i))
        .setExtractionId("throughput-0-" + i)
        .setEventTime(Timestamps.fromMillis(1_767_323_045_000L + 60_000L * i))
        .setClipCount(1)
        .setDurationSeconds(30 + random.nextInt(300))
        .setFeatures(Feature.toRecord(values(random)))
        .setBaseline(Feature.toRecord(values(random)))
        .setModel(Model.newBuilder().setName("throughput").setVersion("1.0.0"))
        .setInputs(
            InputStatistics.newBuilder()
                .setLoudness(-40 * random.nextDouble())
                .setMfcc1(200 * random.nextDouble())
                .setMfcc2(50 * random.nextGaussian())
                .setMfcc3(50 * random.nextGaussian())
                .setMfcc4(50 * random.nextGaussian()))
        .build();
  }

  private static double[] values(Random random) {
    double[] values = random.doubles(8).toArray();
    values[Feature.TEMPO.ordinal()] = 60 + 120 * random.nextDouble();
    return values;
  }

  /** Reads a topic as a read_committed consumer until every prediction has its record. */
  private double measureConsumer(KafkaSettings kafka, String topic, @Nullable Message parsed)
      throws Exception {
    Map<String, Object> settings = kafka.overriding(Map.of("isolation.level", "read_committed"));
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(
          IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition(topic, i)).toList());
      consumer.seekToBeginning(consumer.assignment());
      Rate rate = new Rate(predictions);
      while (!rate.isDone()) {
        int received = 0;
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (parsed != null) {
            Json.parse(record.value(), parsed.newBuilderForType());
          }
          received++;
        }
        rate.add(received);
      }
      return rate.perSecond();
    }
  }

  private InferenceConfig config(KafkaSettings kafka, Path folder) {
    return new InferenceConfig(
        kafka,
        "throughput",
        1,
        folder,
        repository,
        "echonest-cnn",
        Optional.empty(),
        InferenceConfig.DEFAULT_MODEL_RELOAD_INTERVAL,
        "cpu",
        Optional.of(WindowConfig.defaults()),
        EndpointsConfig.local());
  }
}
