package dev.reprise.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.MfccRecord;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.inference.v1.TrackState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/** Runs the topology without a broker on records of one track, and reads its outputs. */
final class InferenceDriver implements AutoCloseable {
  static final Topics TOPICS = Topics.defaults();
  private static final String TRACK_ID = "t";

  final TestInputTopic<String, byte[]> mfcc;
  final TestOutputTopic<String, byte[]> clipPredictions;
  final TestOutputTopic<String, byte[]> predictions;
  final TestOutputTopic<String, byte[]> shadowPredictions;
  final TestOutputTopic<String, byte[]> deadLetters;
  private final TopologyTestDriver driver;

  /**
   * @param folder for the state stores
   */
  InferenceDriver(Topology topology, Path folder) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    this.driver = new TopologyTestDriver(topology, properties, TestMfccRecords.EVENT_TIME);
    this.mfcc =
        driver.createInputTopic(TOPICS.mfcc(), new StringSerializer(), new ByteArraySerializer());
    this.clipPredictions = output(TOPICS.clipPredictions());
    this.predictions = output(TOPICS.predictions());
    this.shadowPredictions = output(TOPICS.shadowPredictions());
    this.deadLetters = output(TOPICS.deadLetters());
  }

  private TestOutputTopic<String, byte[]> output(String topic) {
    return driver.createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer());
  }

  void send(MfccRecord... records) {
    for (MfccRecord record : records) {
      mfcc.pipeInput(TRACK_ID, record.toByteArray(), TestMfccRecords.EVENT_TIME);
    }
  }

  /** Reads the serving model's next prediction. */
  Prediction prediction() throws Exception {
    return read(predictions);
  }

  /** Reads the shadow model's next prediction. */
  Prediction shadowPrediction() throws Exception {
    return read(shadowPredictions);
  }

  private static Prediction read(TestOutputTopic<String, byte[]> topic) throws Exception {
    TestRecord<String, byte[]> record = topic.readRecord();
    assertThat(record.key()).isEqualTo(TRACK_ID);
    assertThat(record.getRecordTime()).isEqualTo(TestMfccRecords.EVENT_TIME);
    Prediction.Builder prediction = Prediction.newBuilder();
    assertThat(Json.parse(record.value(), prediction)).isEmpty();
    return prediction.build();
  }

  /** Returns the serving model's store of tracks in progress; tests may corrupt it. */
  KeyValueStore<String, TrackState> tracks() {
    return driver.getKeyValueStore("tracks");
  }

  void advanceClock(Duration duration) {
    driver.advanceWallClockTime(duration);
  }

  @Override
  public void close() {
    driver.close();
  }
}
