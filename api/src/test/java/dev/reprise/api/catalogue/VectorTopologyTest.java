package dev.reprise.api.catalogue;

import static dev.reprise.api.TestRecords.prediction;
import static dev.reprise.api.TestRecords.truth;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.reprise.contract.Feature;
import dev.reprise.contract.Json;
import dev.reprise.contract.Topics;
import dev.reprise.similarity.index.TrackIndex;
import dev.reprise.similarity.v1.ListedTrack;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the topology writes to the index. */
class VectorTopologyTest {
  private static final Topics TOPICS = Topics.defaults();

  private final TrackIndex index;
  private final TopologyTestDriver driver;

  VectorTopologyTest(@TempDir Path folder) {
    this.index = TrackIndex.open(folder.resolve("embeddings"));
    Properties properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("streams").toString());
    this.driver = new TopologyTestDriver(VectorTopology.create(TOPICS, index), properties);
  }

  @AfterEach
  void close() {
    driver.close();
    index.close();
  }

  @Test
  void indexesBothTopics() {
    send(TOPICS.predictions(), "2", prediction("2", 7, 0, 1), 100);
    send(TOPICS.truth(), "2", truth(1), 100);
    send(TOPICS.truth(), "3", truth(2), 100);

    assertThat(index.predictedTracks()).isEqualTo(1);
    assertThat(index.truthTracks()).isEqualTo(2);
    assertThat(index.embeddings()).isEqualTo(1);
    assertThat(index.mainModel()).contains("cnn@1.0.0");
    assertThat(index.list("", 10).getTracksList())
        .extracting(ListedTrack::getTrackId)
        .containsExactly("2", "3");
  }

  @Test
  void laterRecordsWinInAnyOrder() {
    send(TOPICS.predictions(), "2", prediction("2", 7, 0, 1), 100);
    send(TOPICS.predictions(), "2", null, 50);
    assertThat(index.predictedTracks()).isEqualTo(1);

    send(TOPICS.predictions(), "2", null, 200);
    send(TOPICS.predictions(), "2", prediction("2", 7, 0, 1), 150);
    assertThat(index.predictedTracks()).isZero();
    assertThat(index.embeddings()).isZero();
  }

  @Test
  void aTrackWithAnInvalidEmbeddingIsIndexedWithoutIt() {
    ByteBuffer huge = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 1e20f);
    ByteBuffer tooLong = ByteBuffer.allocate(4 * 5_000);
    for (ByteBuffer embedding : List.of(huge, tooLong, ByteBuffer.wrap(new byte[] {1}))) {
      send(
          TOPICS.predictions(),
          "2",
          prediction("2", 7, 0, 1).toBuilder()
              .setEmbedding(ByteString.copyFrom(embedding.array()))
              .build(),
          100);
      assertThat(index.isPredicted("2")).isTrue();
    }
    index.restored();
    assertThat(index.embeddings()).isZero();
  }

  @Test
  void skipsUnreadableRecords() {
    input(TOPICS.predictions()).pipeInput("2", new byte[] {1, 2, 3}, 100);
    input(TOPICS.predictions()).pipeInput("", Json.bytes(prediction("", 7, 0, 1)), 100);
    send(TOPICS.predictions(), "3", prediction("3", 8, 0, 2), 100);

    assertThat(index.predictedTracks()).isEqualTo(1);
    assertThat(index.histogram(Feature.ENERGY, 20, "cnn@1.0.0")).contains(1);
  }

  private void send(String topic, String key, @Nullable Message value, long timeMillis) {
    input(topic)
        .pipeInput(
            new TestRecord<>(
                key, value == null ? null : Json.bytes(value), new RecordHeaders(), timeMillis));
  }

  private TestInputTopic<String, byte[]> input(String topic) {
    return driver.createInputTopic(topic, new StringSerializer(), new ByteArraySerializer());
  }
}
