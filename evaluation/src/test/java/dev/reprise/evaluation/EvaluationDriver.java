package dev.reprise.evaluation;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Drift;
import dev.reprise.contract.v1.ModelReference;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.contract.v1.QualityWindow;
import dev.reprise.contract.v1.Scope;
import dev.reprise.contract.v1.TrackQuality;
import dev.reprise.contract.v1.Truth;
import dev.reprise.evaluation.v1.WindowState;
import dev.reprise.evaluation.windows.WindowConfig;
import dev.reprise.evaluation.windows.WindowProcessor;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** Runs the topology without a broker, and reads its outputs. */
final class EvaluationDriver implements AutoCloseable {
  static final Topics TOPICS = Topics.defaults();

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Map<Scope, QualityWindow> qualityWindows = new LinkedHashMap<>();
  private final TopologyTestDriver driver;

  /**
   * @param folder for the state stores
   */
  EvaluationDriver(WindowConfig config, Path folder) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    this.driver =
        new TopologyTestDriver(
            EvaluationTopology.create(TOPICS, config, true, registry),
            properties,
            Instant.parse("2026-06-01T00:00:00Z"));
  }

  void predict(Prediction prediction) {
    predict(TOPICS.predictions(), prediction);
  }

  void predict(String topic, Prediction prediction) {
    send(
        topic,
        prediction.getTrackId(),
        Json.bytes(prediction),
        Timestamps.toMillis(prediction.getEventTime()));
  }

  void sendTruth(String trackId, Truth truth, Instant when) {
    send(TOPICS.truth(), trackId, Json.bytes(truth), when.toEpochMilli());
  }

  void withdraw(String topic, String trackId, Instant when) {
    send(topic, trackId, null, when.toEpochMilli());
  }

  void sendReference(ModelReference reference) {
    send(TOPICS.modelReferences(), reference.getModel(), Json.bytes(reference), 0);
  }

  void send(String topic, @Nullable String key, byte @Nullable [] value, long timestampMillis) {
    TestInputTopic<String, byte[]> input =
        driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer());
    Headers headers = new RecordHeaders().add("ce_id", new byte[] {'7'});
    input.pipeInput(new TestRecord<>(key, value, headers, Instant.ofEpochMilli(timestampMillis)));
  }

  /** Returns the store of sums, by key; tests may corrupt it. */
  KeyValueStore<String, WindowState> windows() {
    return driver.getKeyValueStore(WindowProcessor.STORE);
  }

  /** Advances the clock until changes have been published and exported. */
  void flush() {
    driver.advanceWallClockTime(Duration.ofSeconds(2));
  }

  List<TestRecord<String, byte[]>> records(String topic) {
    return driver
        .createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  private <M extends Message> List<M> read(String topic, M empty) throws Exception {
    List<M> messages = new ArrayList<>();
    for (TestRecord<String, byte[]> record : records(topic)) {
      messages.add(parse(record.value(), empty));
    }
    return messages;
  }

  @SuppressWarnings("unchecked")
  private static <M extends Message> M parse(byte[] json, M empty)
      throws InvalidProtocolBufferException {
    Message.Builder builder = empty.newBuilderForType();
    Json.parse(json, builder);
    return (M) builder.build();
  }

  List<TrackQuality> trackQualities() throws Exception {
    return read(TOPICS.quality(), TrackQuality.getDefaultInstance());
  }

  /** Returns the last record of each feature, model and window. */
  Map<Scope, QualityWindow> qualityWindows() throws Exception {
    read(TOPICS.qualityWindows(), QualityWindow.getDefaultInstance())
        .forEach(window -> qualityWindows.put(window.getScope(), window));
    return qualityWindows;
  }

  List<Drift> drifts() throws Exception {
    return read(TOPICS.drift(), Drift.getDefaultInstance());
  }

  /** Returns every gauge of the evaluation, by name and labels. */
  Map<String, Double> gauges() {
    Map<String, Double> gauges = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      if (meter.getId().getType() == Meter.Type.GAUGE) {
        gauges.put(name(meter.getId()), meter.measure().iterator().next().getValue());
      }
    }
    return gauges;
  }

  private static String name(Meter.Id id) {
    StringBuilder name = new StringBuilder(id.getName());
    for (Tag tag : id.getTags()) {
      name.append(' ').append(tag.getValue());
    }
    return name.toString();
  }

  double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  @Override
  public void close() {
    driver.close();
  }
}
