package dev.reprise.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import dev.reprise.broker.EmbeddedBroker;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Extraction;
import dev.reprise.contract.v1.ExtractionComplete;
import dev.reprise.contract.v1.MfccClip;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.inference.InferenceConfig;
import dev.reprise.inference.InferenceService;
import dev.reprise.inference.model.ClipInput;
import dev.reprise.inference.model.ExecutionProvider;
import dev.reprise.inference.model.ModelException;
import dev.reprise.inference.model.ModelFile;
import dev.reprise.inference.model.ModelRepository;
import dev.reprise.inference.model.OnnxModel;
import dev.reprise.runtime.EndpointsConfig;
import dev.reprise.runtime.KafkaSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/**
 * Measures clips per second through the inference service against its two upper bounds: ONNX
 * Runtime alone on batches of the same size, copies included, and a read_committed consumer alone
 * that reads and parses the same topic. All run in this process, one after another, on the same
 * clips.
 *
 * <p>Arguments: the model repository, {@code NAME[@VERSION]}, provider, threads, clips.
 */
public final class InferenceThroughput {
  private static final Topics TOPICS = Topics.defaults();
  private static final MfccContract CONTRACT = MfccContract.current();
  private static final int CLIPS_PER_TRACK = 10;
  private static final Duration POLL = Duration.ofMillis(100);

  private final Path repository;
  private final String model;
  private final String provider;
  private final int threads;
  private final int clips;
  private final List<ByteString> coefficients;

  private InferenceThroughput(String... args) {
    this.repository = Path.of(args[0]);
    this.model = args[1];
    this.provider = args[2];
    this.threads = Integer.parseInt(args[3]);
    this.clips = Integer.parseInt(args[4]) / CLIPS_PER_TRACK * CLIPS_PER_TRACK;
    Random random = new Random(1);
    this.coefficients = IntStream.range(0, 50).mapToObj(i -> clip(random)).toList();
  }

  public static void main(String[] args) throws Exception {
    new InferenceThroughput(args).run();
  }

  private void run() throws Exception {
    Path folder = Files.createTempDirectory("reprise-throughput");
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      KafkaSettings kafka =
          new KafkaSettings(Map.of("bootstrap.servers", broker.bootstrapServers()), TOPICS);
      produceClips(kafka);
      double scored = measureScoring();
      double consumed = measureConsumer(kafka, TOPICS.mfcc(), true);
      double served;
      try (InferenceService service = InferenceService.start(config(kafka, folder))) {
        served = measureConsumer(kafka, TOPICS.clipPredictions(), false);
      }
      print("ONNX Runtime alone, batches of " + threads, scored);
      print("consuming and parsing alone", consumed);
      print("inference service, threads " + threads, served);
      System.out.printf(
          Locale.ROOT,
          "%-40s %9.2f%n",
          "ratio to the lower of the two",
          served / Math.min(scored, consumed));
    } finally {
      Utils.delete(folder.toFile());
    }
  }

  private static void print(String label, double clipsPerSecond) {
    System.out.printf(Locale.ROOT, "%-40s %9.1f clips/s%n", label, clipsPerSecond);
  }

  private static ByteString clip(Random random) {
    ByteBuffer bytes =
        ByteBuffer.allocate(CONTRACT.coefficients() * CONTRACT.maxFrames() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) (60 * random.nextGaussian()));
    }
    return ByteString.copyFrom(bytes.flip());
  }

  /** Writes the clips as the extractor does: lz4, one transaction per track. */
  private void produceClips(KafkaSettings kafka) throws Exception {
    try (Admin admin = Admin.create(kafka.overriding(Map.of()))) {
      admin
          .createTopics(
              TOPICS.specs().stream()
                  .map(
                      spec -> new NewTopic(spec.name(), threads, (short) 1).configs(spec.configs()))
                  .toList())
          .all()
          .get();
    }
    Map<String, Object> settings =
        kafka.overriding(Map.of("transactional.id", "throughput", "compression.type", "lz4"));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (int track = 0; track < clips / CLIPS_PER_TRACK; track++) {
        producer.beginTransaction();
        for (MfccRecord record : records(track)) {
          producer.send(
              new ProducerRecord<>(
                  TOPICS.mfcc(), track % threads, "track-" + track, record.toByteArray()));
        }
        producer.commitTransaction();
      }
    }
  }

  private List<MfccRecord> records(int track) {
    Extraction extraction =
        Extraction.newBuilder()
            .setId("throughput-0-" + track)
            .setContract(CONTRACT.name())
            .setContractSha256(CONTRACT.sha256())
            .setEventTime(Timestamps.fromMillis(1_767_323_045_000L))
            .build();
    List<MfccRecord> records = new ArrayList<>();
    for (int i = 0; i < CLIPS_PER_TRACK; i++) {
      MfccClip.Builder clip =
          MfccClip.newBuilder()
              .setIndex(i)
              .setNFrames(CONTRACT.maxFrames())
              .setCoefficients(coefficients.get((track + i) % coefficients.size()))
              .setStartSeconds(30.0 * i)
              .setDurationSeconds(30);
      records.add(MfccRecord.newBuilder().setExtraction(extraction).setClip(clip).build());
    }
    ExtractionComplete.Builder complete =
        ExtractionComplete.newBuilder()
            .setClipCount(CLIPS_PER_TRACK)
            .setDecodedSeconds(30.0 * CLIPS_PER_TRACK);
    records.add(MfccRecord.newBuilder().setExtraction(extraction).setComplete(complete).build());
    return records;
  }

  private double measureScoring() throws ModelException {
    ModelFile file = ModelFile.read(new ModelRepository(repository).find(model));
    try (OnnxModel onnx = OnnxModel.load(file, ExecutionProvider.choose(provider), threads)) {
      Rate rate = new Rate(clips);
      for (int done = 0; done < clips; done += threads) {
        List<ClipInput> batch = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          ByteString values = coefficients.get((done + i) % coefficients.size());
          batch.add(new ClipInput(values, CONTRACT.maxFrames()));
        }
        onnx.score(batch);
        rate.add(threads);
      }
      return rate.perSecond();
    }
  }

  /** Reads a topic as a read_committed consumer until every clip has arrived. */
  private double measureConsumer(KafkaSettings kafka, String topic, boolean parse)
      throws InvalidProtocolBufferException {
    Map<String, Object> settings = kafka.overriding(Map.of("isolation.level", "read_committed"));
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, threads).mapToObj(i -> new TopicPartition(topic, i)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Rate rate = new Rate(clips);
      while (!rate.isDone()) {
        int received = 0;
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          received += !parse || MfccRecord.parseFrom(record.value()).hasClip() ? 1 : 0;
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
        threads,
        folder,
        repository,
        model,
        Optional.empty(),
        InferenceConfig.DEFAULT_MODEL_RELOAD_INTERVAL,
        provider,
        Optional.empty(),
        EndpointsConfig.local());
  }
}
